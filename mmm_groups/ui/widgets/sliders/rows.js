// The rows of the sliders and the bar above them, as they are drawn.

import { part, template } from "../dom.js"
import { toPercent } from "./percent.js"

/** @import { Bounds } from "./relink.js" */

/**
 * What the rows show.
 *
 * @typedef {object} Shown
 * @property {number[]} tenths tenths of a percent, by row
 * @property {number[]} locked rows that stay
 * @property {Bounds[]} bounds by row
 * @property {Bounds[]} reaches what each row can be moved to, by row
 * @property {string[]} heldBy what holds each row, in words; empty for nothing
 * @property {string} decimal the decimal sign
 * @property {number | null} typing the row whose number is being typed
 */

const SKELETON = template(`<div class="sliders">
  <div class="bar" aria-hidden="true"></div>
  <div class="rows"></div>
</div>`)
const ROW = template(`<div class="row" role="group">
  <div class="name"><span class="swatch"></span><span class="label"></span></div>
  <input class="range" type="range" min="0" max="1000" step="1" autocomplete="off">
  <div class="percent"><input class="number" type="text" role="spinbutton" inputmode="decimal" aria-valuemin="0"
    autocomplete="off" spellcheck="false"><span aria-hidden="true">%</span></div>
  <button class="lock" type="button"><svg viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="7" width="10" height="7"
    rx="1.5"/><path class="open" d="M5 7V4.5a3 3 0 0 1 5.7-1.3"/><path class="shut" d="M5 7V4.5a3 3 0 0 1 6 0V7"/></svg></button>
  <div class="note"></div>
</div>`)
const SEGMENT = template(`<div class="segment"></div>`)

export class Rows {
  constructor() {
    this.el = SKELETON()
    /** @type {ReturnType<typeof makeRow>[]} */
    this.rows = []
    this.noteWidth = 0
  }

  /** @param {string[]} names */
  build(names) {
    this.noteWidth = 0
    this.rows = names.map((name, index) => makeRow(name, index, names.length))
    part(this.el, ".rows").replaceChildren(...this.rows.map((row) => row.el))
    part(this.el, ".bar").replaceChildren(...this.rows.map((row) => row.segment))
  }

  /**
   * @param {string} group the CSS colour of which rows are shades
   * @param {string[]} colors a row's own CSS colour; empty for a shade
   */
  color(group, colors) {
    this.el.style.setProperty("--group", group)
    this.rows.forEach(({ el, segment }, i) => {
      for (const { style } of colors[i] ? [el, segment] : []) {
        style.setProperty("--group", colors[i])
        style.setProperty("--mix", "100%")
      }
    })
  }

  /** @param {string[]} notes */
  note(notes) {
    this.rows.forEach(({ note }, i) => {
      note.textContent = note.title = notes[i]
    })
  }

  /** Make room for the notes. The column only grows, so that the track does not slip away below the hand. */
  widen() {
    this.noteWidth = Math.max(this.noteWidth, ...this.rows.map(({ note }) => note.textContent?.length ?? 0))
    this.el.style.setProperty("--note", `${Math.min(this.noteWidth, 40) * 0.85}ch`)
  }

  /** @param {Shown} shown */
  show({ tenths, locked, bounds, reaches, heldBy, decimal, typing }) {
    this.rows.forEach(({ name, el, range, number, lock, segment }, row) => {
      const isLocked = locked.includes(row)
      const text = toPercent(tenths[row]).replace(".", decimal)
      const [least, most] = reaches[row]
      const [lowest, highest] = bounds[row]
      if (range.value !== String(tenths[row])) range.value = String(tenths[row])
      range.setAttribute("aria-valuetext", `${text} %`)
      if (typing !== row) number.value = text
      number.setAttribute("aria-valuenow", toPercent(tenths[row]))
      number.setAttribute("aria-valuemin", toPercent(least))
      number.setAttribute("aria-valuemax", toPercent(most))
      number.setAttribute("aria-valuetext", `${text} %`)
      range.disabled = number.disabled = least === most
      const stuck = range.disabled && this.rows.length > 1 ? "No other channel can take or give" : ""
      range.title = isLocked ? `${name} is locked` : stuck || heldBy[row]
      lock.setAttribute("aria-pressed", String(isLocked))
      lock.title = isLocked ? `Unlock ${name}` : `Keep ${name} at ${text} %`
      el.style.setProperty("--share", String(tenths[row] / 1000))
      el.toggleAttribute("data-lowest", lowest > 0)
      el.toggleAttribute("data-highest", highest < 1000)
      el.style.setProperty("--lowest", String(lowest / 1000))
      el.style.setProperty("--highest", String(highest / 1000))
      el.style.setProperty("--limit", String(most / 1000))
      segment.style.flexGrow = String(tenths[row])
      segment.hidden = !tenths[row]
      segment.title = `${name} ${text} %`
    })
  }
}

/**
 * The row that an element belongs to; null if it is outside all.
 *
 * @param {Element} el
 */
export function rowOf(el) {
  /** @type {HTMLElement | null} */
  const row = el.closest(".row")
  return row ? Number(row.dataset.row) : null
}

/**
 * @param {string} name
 * @param {number} index
 * @param {number} count of all rows
 */
function makeRow(name, index, count) {
  const el = ROW()
  const row = {
    name,
    el,
    segment: SEGMENT(),
    range: part(el, ".range", HTMLInputElement),
    number: part(el, ".number", HTMLInputElement),
    lock: part(el, ".lock"),
    note: part(el, ".note"),
  }
  el.dataset.row = String(index)
  el.setAttribute("aria-label", name)
  part(el, ".label").textContent = part(el, ".name").title = name
  row.range.setAttribute("aria-label", `Share of ${name}`)
  row.number.setAttribute("aria-label", `Percent for ${name}`)
  row.lock.setAttribute("aria-label", `Lock ${name}`)
  const shade = `${100 - (55 * index) / Math.max(count - 1, 1)}%`
  for (const shaded of [el, row.segment]) shaded.style.setProperty("--mix", shade)
  return row
}
