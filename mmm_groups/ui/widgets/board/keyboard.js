// The keyboard on chips and on the grips of cards; name fields, search and colours hear their own keys.

import { elementOf, stop } from "../dom.js"
import { placesOf, UNGROUPED } from "./layout.js"
import { NEW_GROUP } from "./painting.js"

/** @import { Board } from "./board.js" */

/** @type {Record<string, [number, number] | undefined>} steps across the places, and along one */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export class Keyboard {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    board.el.addEventListener("keydown", (event) => {
      const target = elementOf(event)
      /** @type {HTMLElement | null} */
      const chip = target.closest(".chip")
      if (target.matches(".grip")) this.onGrip(target, event)
      else if (chip && !event.altKey && !board.pointer.press) this.onChip(chip, event)
    })
  }

  /**
   * @param {HTMLElement} grip
   * @param {KeyboardEvent} event
   */
  onGrip(grip, event) {
    const { board } = this
    const id = board.placeAt(grip) ?? ""
    const step = STEPS[event.key]
    if (event.key === "Delete") board.deleteGroup(id)
    else if (step) board.moveGroup(id, board.layout.groups.findIndex((group) => group.id === id) + step[0] + step[1])
    else return
    stop(event)
  }

  /**
   * @param {HTMLElement} chip
   * @param {KeyboardEvent} event
   */
  onChip(chip, event) {
    const { board } = this
    const { hand, selection } = board
    const { key } = event
    const isModified = event.ctrlKey || event.metaKey
    const step = STEPS[key]
    if (isModified && !hand.held && key.toLowerCase() === "a") {
      stop(event)
      selection.all()
      board.saySelected()
    } else if (key === " " && !hand.held && (isModified || event.shiftKey)) {
      stop(event)
      selection.toggle(chip.dataset.channel ?? "")
      board.saySelected()
    } else if (isModified) {
      return
    } else if (key === " " || key === "Enter") {
      stop(event)
      if (event.repeat) return
      if (hand.held) hand.drop()
      else hand.lift(chip, "key")
    } else if (key === "Escape") {
      if (hand.held) hand.escape(event)
      else board.unselect()
    } else if (step) {
      stop(event)
      if (hand.held) this.carry(...step)
      else this.roam(chip.dataset.channel ?? "", ...step, event.shiftKey)
    }
  }

  /**
   * Walk from chip to chip, or to the first one of the next card; with Shift everything between is selected.
   *
   * @param {string} channel where the focus is
   * @param {number} across
   * @param {number} along
   * @param {boolean} isSelecting
   */
  roam(channel, across, along, isSelecting) {
    const { board } = this
    const { selection } = board
    const shown = selection.order()
    let next = /** @type {string | undefined} */ (shown[shown.indexOf(channel) + along])
    if (across) {
      const places = placesOf(board.layout)
      const firsts = places.map(({ channels }) => channels.find((other) => shown.includes(other)))
      const here = places.findIndex(({ channels }) => channels.includes(channel))
      next = (across < 0 ? firsts.slice(0, here).reverse() : firsts.slice(here + 1)).find(Boolean)
    }
    if (!next) return
    if (isSelecting) {
      if (!selection.size) selection.anchor = channel
      selection.through(next)
      board.saySelected()
    }
    board.painting.chip(next).focus()
  }

  /**
   * Carry what is held to the next position, or to the next place.
   *
   * @param {number} across
   * @param {number} along
   */
  carry(across, along) {
    const { board } = this
    const { hand, painting } = board
    if (!hand.held?.target) return
    let { place, index } = hand.held.target
    if (across) {
      const order = board.layout.groups.map(({ id }) => id)
      order.push(NEW_GROUP, UNGROUPED) // as they stand on the screen: below "New group" is Ungrouped
      const next = order.indexOf(place) + across
      if (!order[next]) return board.say(across < 0 ? "This is the first group." : "There is nothing after Ungrouped.")
      place = order[next]
      index = place === hand.held.from.place ? hand.held.from.index : hand.others(place).length
    }
    index = Math.max(0, Math.min(index + along, hand.others(place).length))
    const target = { place, index }
    hand.aim(target)
    const shown = painting.marker.hidden ? (painting.cards.get(place) ?? painting.newTile) : painting.marker
    shown.scrollIntoView({ block: "nearest" })
    board.say(hand.describe(target))
  }
}
