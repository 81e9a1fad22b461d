// The ten colours of a group, opened from the dot on its card.

import { elementOf, part, stop, template } from "../dom.js"

/** @import { Group } from "./layout.js" */

const COLORS = template(`<div class="colors" role="group" hidden></div>`)
const COLOR = template(`<button type="button" class="color"></button>`)
const WAYS = new Map([
  ["ArrowLeft", -1],
  ["ArrowRight", 1],
  ["ArrowUp", -5], // the colours stand in rows of five
  ["ArrowDown", 5],
])

export class ColorMenu {
  /** @param {(id: string, color: number) => void} chosen called with a group's id and the number of a colour */
  constructor(chosen) {
    this.chosen = chosen
    this.el = COLORS()
    /** @type {HTMLElement | null} the dot that opened it */
    this.dot = null
    this.el.addEventListener("keydown", (event) => this.keydown(event))
    this.el.addEventListener("focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.el.contains(relatedTarget))) this.close()
    })
  }

  get isOpen() {
    return !this.el.hidden
  }

  /**
   * Show the colours below the dot; a colour that other groups have says so.
   *
   * @param {HTMLElement} card
   * @param {Group} group
   * @param {Group[]} groups
   * @param {string[]} palette CSS colours
   * @param {string[]} names what people call them
   */
  open(card, group, groups, palette, names) {
    this.dot = part(card, ".dot")
    const buttons = palette.map((css, color) => {
      const button = COLOR()
      const others = groups.filter((other) => other.color === color && other.id !== group.id).map(({ name }) => name)
      const label = others.length ? `${names[color]}, also ${others.join(", ")}` : names[color]
      button.style.setProperty("--swatch", css)
      button.setAttribute("aria-label", label)
      button.setAttribute("aria-pressed", String(color === group.color))
      button.title = label
      button.toggleAttribute("data-taken", others.length > 0)
      button.addEventListener("click", (event) => {
        stop(event)
        this.close(true)
        this.chosen(group.id, color)
      })
      return button
    })
    this.el.replaceChildren(...buttons)
    this.el.setAttribute("aria-label", `Colour of ${group.name}`)
    card.append(this.el)
    this.el.hidden = false
    this.dot.setAttribute("aria-expanded", "true")
    buttons[group.color].focus()
  }

  /** @param {boolean} back true if the dot gets the focus again */
  close(back = false) {
    if (!this.isOpen) return
    this.el.hidden = true
    this.dot?.setAttribute("aria-expanded", "false")
    if (back) this.dot?.focus()
  }

  /** @param {KeyboardEvent} event */
  keydown(event) {
    const buttons = /** @type {HTMLElement[]} */ ([...this.el.children])
    const move = WAYS.get(event.key)
    if (event.key !== "Escape" && !move) return
    stop(event)
    if (!move) return this.close(true)
    buttons[buttons.indexOf(elementOf(event)) + move]?.focus()
  }
}
