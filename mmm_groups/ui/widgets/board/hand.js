// Channels in the hand: lifted by pointer or by keyboard, shown where they would land, dropped or put back.

import { stop, template } from "../dom.js"
import { away, isPast, nearest } from "./geometry.js"
import { KEYS_OF_A_MOVE } from "./hints.js"
import { channelsOf, moveChannels, placeOf, positionOf, samePlaces } from "./layout.js"
import { autoScroll, glide } from "./motion.js"
import { NEW_GROUP } from "./painting.js"

/** @import { Board } from "./board.js" */
/** @import { Position } from "./layout.js" */

/**
 * @typedef {object} Held
 * @property {HTMLElement} chip the one that was taken hold of
 * @property {string} channel its channel
 * @property {Set<string>} names all channels that move with it
 * @property {string} by "key", or the kind of pointer
 * @property {Position} from
 * @property {Position | null} target where they would land; its place may be `NEW_GROUP`; null for nowhere
 * @property {Drag | null} drag null if held by keyboard
 */

/**
 * @typedef {object} Drag
 * @property {HTMLElement} ghost follows the pointer
 * @property {number} x where the pointer is
 * @property {number} y
 * @property {number} dx from the ghost's corner to the pointer
 * @property {number} dy
 */

const NEAR = 24 // px around a card that still count as the card
const GAP = 3 // px, half of the gap between two chips

// A popover lies in the top layer: above the sidebar, and free of any ancestor's transform.
const GHOST = template(`<div class="chip ghost" aria-hidden="true" popover="manual"></div>`)

export class Hand {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    /** @type {Held | null} */
    this.held = null
    this.escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return
      stop(event)
      this.cancel()
    }
    board.el.addEventListener("focusout", () => {
      if (!board.painting.isBusy && this.held?.by === "key") this.cancel()
    })
  }

  /** @param {string} channel */
  holds(channel) {
    return Boolean(this.held?.names.has(channel))
  }

  /**
   * Take up a channel, and with it all that are selected if it is one of them.
   *
   * @param {HTMLElement} chip
   * @param {string} by "key", or the kind of pointer
   */
  lift(chip, by) {
    const { board } = this
    const channel = chip.dataset.channel ?? ""
    if (!board.selection.has(channel)) board.unselect()
    const position = positionOf(board.layout, channel)
    if (!position) return
    const names = new Set(board.selection.size ? board.selection.names : [channel])
    const above = placeOf(board.layout, position.place)?.channels.slice(0, position.index) ?? []
    const from = { place: position.place, index: above.filter((name) => !names.has(name)).length }
    this.held = { chip, channel, names, by, from, target: from, drag: null }
    for (const name of names) board.painting.chip(name).dataset.held = by
    this.aim(from)
    if (by === "key") board.say(`${nameOf(this.held)} picked up. ${this.describe(from)} ${KEYS_OF_A_MOVE}`)
  }

  /**
   * Let what is held follow a pointer that took hold of it at a point.
   *
   * @param {number} x
   * @param {number} y
   */
  follow(x, y) {
    if (!this.held) return
    const { chip, names } = this.held
    const { el } = this.board
    const box = chip.getBoundingClientRect()
    const ghost = GHOST()
    ghost.append(.../** @type {HTMLElement} */ (chip.cloneNode(true)).children)
    if (names.size > 1) ghost.dataset.count = String(names.size)
    ghost.style.width = `${box.width}px`
    ghost.style.setProperty("--group", getComputedStyle(chip).getPropertyValue("--group"))
    el.append(ghost)
    ghost.showPopover()
    this.held.drag = { ghost, x, y, dx: x - box.left, dy: y - box.top }
    el.dataset.dragging = ""
    document.addEventListener("keydown", this.escape, true)
    autoScroll(
      el,
      () => this.held?.drag,
      (left, top) => this.aim(this.targetAt(left, top)),
    )
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  carry(x, y) {
    const drag = this.held?.drag
    if (!drag) return
    Object.assign(drag, { x, y })
    drag.ghost.style.translate = `${x - drag.dx}px ${y - drag.dy}px`
    this.aim(this.targetAt(x, y))
  }

  /**
   * Show where the held channels would land: the card, and a line at the position.
   *
   * @param {Position | null} target
   */
  aim(target) {
    if (!this.held) return
    const { painting } = this.board
    this.held.target = target
    painting.markPlace(target?.place ?? null)
    const others = target ? this.others(target.place) : []
    const next = target ? others[target.index] : undefined
    const chip = next && !next.hidden ? next : others.slice(0, target?.index).findLast((other) => !other.hidden)
    painting.marker.hidden = !chip
    if (chip) painting.markGap(chip, chip === next, GAP)
  }

  /**
   * The chips of a place that are not held.
   *
   * @param {string} place
   */
  others(place) {
    const channels = placeOf(this.board.layout, place)?.channels ?? []
    return channels.filter((name) => !this.holds(name)).map((name) => this.board.painting.chip(name))
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Position | null}
   */
  targetAt(x, y) {
    const { cards, newTile } = this.board.painting
    const places = [...cards, /** @type {const} */ ([NEW_GROUP, newTile])]
    const near = places.map(([place, el]) => ({ place, distance: Math.hypot(...away(el, x, y)) }))
    const { place, distance } = near.reduce((best, next) => (next.distance < best.distance ? next : best))
    if (distance > NEAR) return null
    const others = this.others(place)
    const shown = others.filter((chip) => !chip.hidden)
    if (!shown.length) return { place, index: others.length }
    const chip = nearest(shown, x, y)
    return { place, index: others.indexOf(chip) + (isPast(chip, x, y) ? 1 : 0) }
  }

  /**
   * Open the hand: everything that marks a drag goes, and data that came meanwhile is taken in.
   *
   * @returns {{held: Held, start: DOMRect | undefined} | null} what was held, and where its ghost was
   */
  release() {
    const { held, board } = this
    this.held = null
    board.pointer.forget()
    if (!held) return null
    document.removeEventListener("keydown", this.escape, true)
    for (const chip of board.painting.chips.values()) delete chip.dataset.held
    delete board.el.dataset.dragging
    board.painting.hideMarks()
    const start = held.drag?.ghost.getBoundingClientRect()
    held.drag?.ghost.remove()
    board.takeWaiting()
    return { held, start }
  }

  cancel() {
    const released = this.release()
    if (!released) return
    const { held, start } = released
    glide(held.chip, start)
    this.board.say(
      `Move cancelled. ${nameOf(held)} ${held.names.size > 1 ? "stay where they were" : "stays where it was"}.`,
    )
  }

  drop() {
    const { board } = this
    const target = this.held?.target
    if (!target) return this.cancel()
    const released = this.release()
    if (!released) return
    const { held, start } = released
    const moved = channelsOf(board.layout).filter((name) => held.names.has(name))
    if (!moved.length) return // the model lost these channels while they were held
    board.selection.clear()
    if (target.place === NEW_GROUP) {
      const id = board.newGroup(moved)
      if (held.by === "mouse") board.renaming.begin(id)
    } else {
      const layout = moveChannels(board.layout, moved, target)
      if (samePlaces(layout, board.layout)) board.painting.showSelected()
      else board.change(layout)
    }
    glide(held.chip, start)
    const landed = positionOf(board.layout, moved[0])
    if (landed) board.say(`${nameOf(held)} dropped. ${this.describe(landed, moved.length)}`)
  }

  /**
   * A position in words.
   *
   * @param {Position} position
   * @param {number} count how many channels land there
   */
  describe({ place, index }, count = this.held?.names.size ?? 1) {
    if (place === NEW_GROUP) return "A new group."
    const { name = "", channels = [] } = placeOf(this.board.layout, place) ?? {}
    const all = this.held ? channels.filter((channel) => !this.holds(channel)).length + count : channels.length
    const position = count > 1 ? `positions ${index + 1} to ${index + count}` : `position ${index + 1}`
    return `${name}, ${position} of ${all}.`
  }
}

/** @param {Held} held */
function nameOf({ channel, names }) {
  return names.size > 1 ? `${names.size} channels` : channel
}
