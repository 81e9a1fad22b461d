// Finding channels on a large board: those whose names hold every typed word stay, the others step aside.

import { part } from "../dom.js"
import { placesOf } from "./layout.js"

/** @import { Board } from "./board.js" */

const MANY = 12 // more channels than this can be searched

export class Search {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    this.el = part(board.el, ".find")
    this.query = part(this.el, "input", HTMLInputElement)
    this.found = part(this.el, ".found")
    this.gather = part(this.el, ".gather")
    this.query.addEventListener("input", () => this.show())
    this.query.addEventListener("keydown", (event) => {
      event.stopPropagation() // Streamlit's own shortcuts (r, c) must not see what is typed
      if (event.key === "Escape") this.clear()
    })
    this.gather.addEventListener("click", () => {
      board.groupTogether(board.painting.shownChannels())
      this.clear()
    })
  }

  show() {
    const { painting, hand, el, layout } = this.board
    const { chips } = painting
    this.el.hidden = chips.size <= MANY
    el.toggleAttribute("data-many", !this.el.hidden)
    const words = wordsOf(this.query.value)
    const isAsked = words.length > 0 && !this.el.hidden
    let count = 0
    for (const [name, chip] of chips) {
      const fits = !isAsked || holdsAll(name, words)
      chip.hidden = !fits && !hand.holds(name)
      if (fits) count += 1
    }
    el.toggleAttribute("data-asked", isAsked)
    for (const { id, channels } of placesOf(layout)) {
      const aside = channels.filter((name) => chips.get(name)?.hidden).length
      part(painting.card(id), ".aside").textContent = aside ? `${aside} more here` : ""
    }
    this.found.textContent = isAsked ? `${count} of ${chips.size}` : `${chips.size} channels`
    this.gather.hidden = !isAsked || !count
    this.gather.textContent = `New group of these ${count}`
  }

  clear() {
    this.query.value = ""
    this.show()
  }
}

/** @param {string} text */
export function wordsOf(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}

/**
 * @param {string} name
 * @param {string[]} words
 */
export function holdsAll(name, words) {
  return words.every((word) => name.toLowerCase().includes(word))
}
