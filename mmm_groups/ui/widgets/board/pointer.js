// Mouse, pen and touch on the board.

import { elementOf } from "../dom.js"
import { SLOP } from "./geometry.js"

/** @import { Board } from "./board.js" */

export class Pointer {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    /** @type {{chip: HTMLElement, id: number, x: number, y: number} | null} a chip that is pressed, where it began */
    this.press = null
    const { el } = board
    el.addEventListener("pointerdown", (event) => this.down(event))
    el.addEventListener("pointermove", (event) => this.move(event))
    el.addEventListener("pointerup", (event) => this.up(event))
    for (const type of /** @type {const} */ (["pointercancel", "lostpointercapture"])) {
      el.addEventListener(type, (event) => this.lose(event))
    }
    for (const type of ["mousedown", "contextmenu"]) {
      el.addEventListener(type, (event) => {
        if (this.press || board.mover.press) event.preventDefault()
      })
    }
  }

  /** What is pressed is no longer followed. */
  forget() {
    this.press = null
  }

  /** @param {PointerEvent} event */
  down(event) {
    const { board } = this
    const target = elementOf(event)
    if (!target.closest(".colors, .dot")) board.colors.close()
    if (event.button !== 0 || !event.isPrimary) return
    this.forget()
    board.hand.cancel()
    /** @type {HTMLElement | null} */
    const card = target.closest(".grip") && target.closest(".card")
    if (card) return board.mover.begin(event, card)
    /** @type {HTMLElement | null} */
    const chip = target.closest(".chip")
    if (!chip) {
      if (!target.closest("button, input")) board.unselect()
      return
    }
    chip.focus({ preventScroll: true, focusVisible: false })
    this.press = { chip, id: event.pointerId, x: event.clientX, y: event.clientY }
    board.el.setPointerCapture(event.pointerId)
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { hand, mover } = this.board
    const { pointerId, pointerType, clientX: x, clientY: y } = event
    if (mover.press?.id === pointerId) return mover.move(event)
    const { press } = this
    if (press?.id !== pointerId) return
    if (!hand.held) {
      if (Math.hypot(x - press.x, y - press.y) < SLOP) return
      hand.lift(press.chip, pointerType)
      hand.follow(press.x, press.y)
    }
    hand.carry(x, y)
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { board } = this
    const { hand, mover } = board
    if (![this.press?.id, mover.press?.id].includes(event.pointerId)) return
    this.move(event) // a flick may end without a last move
    if (mover.press) return mover.end(true)
    if (hand.held) hand.drop()
    else if (this.press) board.select(this.press.chip, event)
    this.forget()
  }

  /** @param {PointerEvent} event */
  lose({ pointerId }) {
    const { hand, mover } = this.board
    if (mover.press?.id === pointerId) mover.end()
    if (this.press?.id !== pointerId) return
    hand.cancel()
    this.forget()
  }
}
