// Groups change places: a card is dragged by its grip, or the arrow keys move it at once.

import { stop } from "../dom.js"
import { isPast, nearest, SLOP } from "./geometry.js"
import { autoScroll } from "./motion.js"

/** @import { Board } from "./board.js" */

const HALF_GAP = 6 // px, half of the gap between two cards

export class GroupMover {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    /** @type {{id: number, x: number, y: number, card: HTMLElement, moved: boolean} | null} */
    this.press = null
    /** @type {number | null} where the card would land among the others */
    this.target = null
    this.escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return
      stop(event)
      this.end()
    }
  }

  /** True while a card is dragged. */
  get holds() {
    return Boolean(this.press?.moved)
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} card
   */
  begin(event, card) {
    this.press = { id: event.pointerId, x: event.clientX, y: event.clientY, card, moved: false }
    this.board.el.setPointerCapture(event.pointerId)
  }

  /** @param {PointerEvent} event */
  move({ clientX: x, clientY: y }) {
    const { press, board } = this
    if (!press) return
    if (!press.moved) {
      if (Math.hypot(x - press.x, y - press.y) < SLOP) return
      press.moved = true
      press.card.dataset.held = ""
      board.el.dataset.dragging = ""
      document.addEventListener("keydown", this.escape, true)
      autoScroll(
        board.el,
        () => this.press,
        (left, top) => this.aim(press.card, left, top),
      )
    }
    Object.assign(press, { x, y })
    this.aim(press.card, x, y)
  }

  /**
   * Show with a line where the card would land among the others.
   *
   * @param {HTMLElement} held
   * @param {number} x
   * @param {number} y
   */
  aim(held, x, y) {
    const { painting } = this.board
    const cards = painting.groupCards().filter((card) => card !== held)
    this.target = null
    painting.marker.hidden = true
    if (!cards.length) return
    const card = nearest(cards, x, y)
    const isAfter = isPast(card, x, y)
    this.target = cards.indexOf(card) + (isAfter ? 1 : 0)
    painting.markGap(card, !isAfter, HALF_GAP)
  }

  /**
   * Let go.
   *
   * @param {boolean} isDrop true to put the card at the place that is shown
   */
  end(isDrop = false) {
    const { press, target, board } = this
    this.press = this.target = null
    if (!press?.moved) return
    document.removeEventListener("keydown", this.escape, true)
    delete press.card.dataset.held
    delete board.el.dataset.dragging
    board.painting.marker.hidden = true
    board.takeWaiting()
    if (isDrop && target !== null) board.moveGroup(press.card.dataset.group ?? "", target)
    else board.say("The group stays where it was.")
  }
}
