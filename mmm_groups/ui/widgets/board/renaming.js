// The name fields of the groups.

import { elementOf, part } from "../dom.js"
import { changeGroup, groupOf } from "./layout.js"

/** @import { Board } from "./board.js" */

const PAUSE = 300 // ms without a key after which a typed name is sent

export class Renaming {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    this.timer = 0
    this.nameBefore = ""
    this.on("focusin", (input) => {
      this.nameBefore = input.value
    })
    this.on("input", (input) => this.typed(input))
    this.on("keydown", (input, event) => this.keydown(input, /** @type {KeyboardEvent} */ (event)))
    this.on("focusout", (input) => {
      if (!board.painting.isBusy) this.leave(input)
    })
  }

  /**
   * Hear an event of any name field.
   *
   * @param {string} type
   * @param {(input: HTMLInputElement, event: Event) => void} act
   */
  on(type, act) {
    this.board.el.addEventListener(type, (event) => {
      const target = elementOf(event)
      if (target instanceof HTMLInputElement && target.matches(".name")) act(target, event)
    })
  }

  /**
   * Let a group be named.
   *
   * @param {string} id
   */
  begin(id) {
    const input = part(this.board.painting.card(id), ".name", HTMLInputElement)
    input.focus()
    input.select()
  }

  /**
   * A pause in typing sends the name already: a click on a link would otherwise race the name that leaving the field
   * sends, and lose.
   *
   * @param {HTMLInputElement} input
   */
  typed(input) {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.take(input), PAUSE)
  }

  /** @param {HTMLInputElement} input */
  take(input) {
    const group = this.groupAt(input)
    const name = input.value.trim()
    if (!group || !name || name === group.name) return
    this.board.change(changeGroup(this.board.layout, group.id, { name }))
  }

  /** @param {HTMLInputElement} input */
  leave(input) {
    clearTimeout(this.timer)
    this.take(input)
    const group = this.groupAt(input)
    if (!group) return
    input.value = group.name
    if (group.name !== this.nameBefore) this.board.say(`Group renamed to ${group.name}.`)
  }

  /**
   * @param {HTMLInputElement} input
   * @param {KeyboardEvent} event
   */
  keydown(input, event) {
    event.stopPropagation() // Streamlit's own shortcuts (r, c) must not see what is typed
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return
    if (event.key === "Escape") input.value = this.nameBefore
    input.blur()
  }

  /** @param {HTMLInputElement} input */
  groupAt(input) {
    return groupOf(this.board.layout, this.board.placeAt(input) ?? "")
  }
}
