// Linked sliders: one row a channel, together always 100.0 %. No dependency.
//
// Python owns the truth. Every change here counts `seq` up and sends the whole split; Python answers with `ack`, the
// last seq it has seen. Values with `ack < seq` are older than the hand and skipped, and no value is patched while a
// thumb is held; notes are always taken. While the hand moves, one split is on its way at a time: a burst would make
// Streamlit start and stop runs for seconds. What the hand let go of is sent at once. Names only travel through
// textContent.

import { component } from "../component.js"
import { elementOf } from "../dom.js"
import { Leaving } from "../leaving.js"
import { fromPercent } from "./percent.js"
import { reach, relink } from "./relink.js"
import { Rows, rowOf } from "./rows.js"
import { Sending } from "./sending.js"

/** @import { Bounds } from "./relink.js" */

/**
 * What Python sends (`split_sliders` in widget.py). Lists hold one value for each row.
 *
 * @typedef {object} SlidersData
 * @property {string} session another one counts from its own `ack`
 * @property {number} ack the last `seq` from here that Python has seen
 * @property {string[]} names
 * @property {number[]} tenths tenths of a percent; they add up to 1000
 * @property {number[]} locked rows that stay when another one is moved
 * @property {string[]} notes small text on the right
 * @property {string} color the group's CSS colour
 * @property {string[]} colors a row's own CSS colour; empty for a shade of the group's
 * @property {Bounds[]} bounds where the sliders stop
 * @property {string[]} heldBy what holds a row, in words; empty for nothing
 * @property {string} decimal the decimal sign
 * @property {number | null} partner the one row that gives and takes; null for all others in proportion
 */

/**
 * What is sent back (`read_split` in Python).
 *
 * @typedef {{seq: number, names: string[], tenths: number[], locked: number[]}} SentSplit
 */

/** @type {Record<string, number | undefined>} in a number field, in tenths of a percent */
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }

class Sliders {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.root = root
    this.rows = new Rows()
    this.el = this.rows.el
    /** @type {string[]} */
    this.names = []
    /** @type {number[] | null} tenths of a percent by row; null until Python has said them */
    this.tenths = null
    /** @type {number[]} */
    this.locked = []
    /** @type {Bounds[]} */
    this.bounds = []
    /** @type {string[]} */
    this.heldBy = []
    this.decimal = "."
    /** @type {number | null} */
    this.partner = null

    /** @type {string | null} */
    this.session = null
    /** @type {(split: SentSplit) => void} */
    this.send = () => {}
    this.sending = new Sending((seq) => {
      if (this.tenths) this.send({ seq, names: this.names, tenths: this.tenths, locked: this.locked })
    })

    this.isHeld = false // a thumb
    /** @type {SlidersData | null} what came while it was */
    this.waiting = null
    /** @type {{row: number, start: number[]} | null} the row that was taken up, and all shares then */
    this.anchor = null
    /** @type {number | null} the row whose number is being typed */
    this.typing = null
    this.isEntering = false // a number field, by pointer

    this.el.addEventListener("pointerdown", (event) => this.pointerdown(event))
    this.el.addEventListener("input", (event) => this.input(/** @type {HTMLInputElement} */ (event.target)))
    this.el.addEventListener("click", (event) => this.click(elementOf(event)))
    this.el.addEventListener("keydown", (event) => this.keydown(event))
    this.el.addEventListener("focusout", (event) => this.focusout(event))
    this.release = this.release.bind(this)
    this.leaving = new Leaving(() => this.sending.isAnswered)
    root.append(this.el)
  }

  remove() {
    this.sending.stop()
    this.leaving.remove()
    this.listen(false)
    this.el.remove()
  }

  // ---- Python to browser ----

  /**
   * @param {SlidersData} data
   * @param {(split: SentSplit) => void} send
   */
  receive(data, send) {
    this.send = send
    const isFresh = data.session !== this.session
    const hasOtherRows = !same(data.names, this.names)
    if (isFresh) this.sending.countFrom(data.ack)
    this.session = data.session
    this.sending.acked = data.ack
    if (isFresh || hasOtherRows) {
      this.hold(false)
      this.build(data.names)
    }
    this.rows.color(data.color, data.colors)
    this.bounds = data.bounds
    this.partner = data.partner
    this.decimal = data.decimal
    this.heldBy = data.heldBy
    this.rows.note(data.notes)
    if (!this.isHeld) this.rows.widen()
    if (!hasOtherRows) this.show()
    if (hasOtherRows || data.ack >= this.sending.seq) {
      if (this.isHeld) this.waiting = data
      else this.adopt(data)
    }
    this.sending.soon()
    this.leaving.answered()
  }

  /** @param {SlidersData} data */
  adopt(data) {
    this.sending.countFrom(Math.max(this.sending.seq, data.ack))
    const isKnown = this.tenths && same(data.tenths, this.tenths) && same(data.locked, this.locked)
    if (!isKnown) this.anchor = null
    this.tenths = data.tenths
    this.locked = data.locked
    this.show()
  }

  /** @param {string[]} names */
  build(names) {
    this.names = names
    this.anchor = this.tenths = this.typing = null
    this.sending.countFrom(this.sending.seq) // what was not sent yet was about other rows
    this.rows.build(names)
  }

  show() {
    const { tenths, locked, bounds, heldBy, decimal, typing } = this
    if (!tenths) return
    const reaches = tenths.map((_, row) => reach(tenths, row, this.stayers(row), bounds))
    this.rows.show({ tenths, locked, bounds, reaches, heldBy, decimal, typing })
  }

  // ---- Browser to Python ----

  /**
   * The others follow in proportion to where they stood when this row was taken up.
   *
   * @param {number} row
   * @param {number} tenths
   */
  move(row, tenths) {
    if (!this.tenths) return
    if (this.anchor?.row !== row) this.anchor = { row, start: this.tenths }
    const moved = relink(this.anchor.start, row, tenths, this.stayers(row), this.bounds)
    const isNews = !same(moved, this.tenths)
    this.tenths = moved
    this.show() // also without news: a thumb pulled beyond its room goes back
    if (!isNews) return
    this.sending.seq += 1
    if (!this.sending.timer) this.sending.soon()
  }

  /**
   * Rows that stay when `row` moves: the locked ones, and with a chosen partner all but that one.
   *
   * @param {number} row
   */
  stayers(row) {
    if (this.partner === null || this.partner === row) return this.locked
    return [...this.names.keys()].filter((other) => this.locked.includes(other) || ![row, this.partner].includes(other))
  }

  /** @param {number} row */
  toggle(row) {
    this.anchor = null
    this.locked = this.locked.includes(row)
      ? this.locked.filter((other) => other !== row)
      : [...this.locked, row].sort((a, b) => a - b)
    this.sending.seq += 1
    this.show()
    this.sending.now()
  }

  // ---- A thumb in the hand ----

  /** @param {PointerEvent} event */
  pointerdown(event) {
    const target = elementOf(event)
    if (event.button !== 0) return
    if (target.matches(".number")) this.isEntering = target !== this.root.activeElement
    if (!target.matches(".range:enabled")) return
    this.anchor = null
    this.hold(true)
  }

  /** @param {boolean} isHeld */
  hold(isHeld) {
    this.isHeld = isHeld
    this.waiting = null
    this.el.toggleAttribute("data-held", isHeld)
    this.listen(isHeld)
  }

  /** @param {boolean} on */
  listen(on) {
    for (const type of ["pointerup", "pointercancel", "blur"]) {
      if (on) window.addEventListener(type, this.release, true)
      else window.removeEventListener(type, this.release, true)
    }
  }

  /** @param {Event} event */
  release({ type, target }) {
    if (type === "blur" && target !== window) return // focus moved inside the page
    const { waiting } = this
    this.hold(false)
    this.sending.now()
    if (waiting && waiting.ack >= this.sending.seq) this.adopt(waiting)
    this.rows.widen()
  }

  /** @param {HTMLInputElement} input */
  input(input) {
    const row = rowOf(input)
    if (row === null) return
    if (input.matches(".range")) this.move(row, Number(input.value))
    else this.typing = row
  }

  /** @param {HTMLElement} target */
  click(target) {
    const row = rowOf(target)
    if (row !== null && target.closest(".lock")) this.toggle(row)
    if (this.isEntering && target instanceof HTMLInputElement && target.matches(".number")) target.select()
    this.isEntering = false
  }

  // ---- Keyboard ----

  /** @param {KeyboardEvent} event */
  keydown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    event.stopPropagation() // Streamlit's own shortcuts (r, c) must not see what is typed
    const target = elementOf(event)
    if (!(target instanceof HTMLInputElement && target.matches(".number"))) return
    const row = rowOf(target)
    const step = STEPS[event.key]
    if (step && row !== null) {
      event.preventDefault()
      this.commit()
      if (this.tenths) this.move(row, this.tenths[row] + step * (event.shiftKey ? 10 : 1))
    } else if (event.key === "Enter" || event.key === "Escape") {
      if (event.key === "Escape") this.typing = null
      this.commit()
      this.show()
      target.select()
    }
  }

  /** @param {FocusEvent} event */
  focusout(event) {
    this.commit()
    this.sending.now() // before the click that took the focus away reaches Python
    const next = event.relatedTarget
    if (!(next instanceof Element) || rowOf(next) !== rowOf(elementOf(event))) this.anchor = null
  }

  /** Take what was typed; what is not a number is replaced by the value that stands. */
  commit() {
    const row = this.typing
    this.typing = null
    if (row === null || !this.rows.rows[row]) return
    const tenths = fromPercent(this.rows.rows[row].number.value)
    if (tenths === null) return this.show()
    this.move(row, tenths)
    this.sending.now()
  }
}

/**
 * @template Item
 * @param {Item[]} one
 * @param {Item[]} other
 */
function same(one, other) {
  return one.length === other.length && one.every((value, i) => value === other[i])
}

export default component("split", (root) => new Sliders(root))
