// The drag board: cards of channels, moved by mouse, touch or keyboard. No dependency.
//
// Python owns the truth. Every change here sends the whole layout with a growing `seq`; Python answers with `ack`, the
// last seq it has settled. Data older than our last layout is skipped, and nothing is patched while a channel is held.
// Names only ever travel through textContent and value.

import { component } from "../component.js"
import { elementOf, part } from "../dom.js"
import { Leaving } from "../leaving.js"
import { ColorMenu } from "./colors.js"
import { Hand } from "./hand.js"
import { Keyboard } from "./keyboard.js"
import { addGroup, changeGroup, channelsOf, deleteGroup, groupOf, moveGroup, UNGROUPED } from "./layout.js"
import { Painting } from "./painting.js"
import { Pointer } from "./pointer.js"
import { Renaming } from "./renaming.js"
import { GroupMover } from "./reorder.js"
import { Search } from "./search.js"
import { Selection } from "./selection.js"

/** @import { Group, Layout } from "./layout.js" */
/** @import { CardCurve } from "./spark.js" */

/**
 * What Python sends (`board` in widget.py).
 *
 * @typedef {object} BoardData
 * @property {string} session another one counts from its own `ack`
 * @property {number} ack the last `seq` from here that is settled in the data
 * @property {(Group & {subtitle: string})[]} groups
 * @property {string[]} ungrouped channels
 * @property {string} ungroupedSubtitle
 * @property {Record<string, string>} captions small text by channel; may be incomplete
 * @property {Record<string, CardCurve>} curves small curve by group id; may be incomplete
 * @property {string[]} palette ten CSS colours
 * @property {string[]} colorNames what people call them
 */

/**
 * What is sent back (`read_layout` and `apply_layout` in Python).
 *
 * @typedef {Layout & {seq: number}} SentLayout
 */

export class Board {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.root = root
    /** @type {Layout} as it is shown */
    this.layout = { groups: [], ungrouped: [] }
    /** @type {Layout} as Python has answered it, with the figures that belong to it */
    this.answered = this.layout
    this.seq = 0
    this.acked = 0
    /** @type {string | null} */
    this.session = null
    /** @type {BoardData | null} what came while something was held */
    this.waiting = null
    /** @type {(layout: SentLayout) => void} */
    this.send = () => {}
    /** @type {string[]} */
    this.palette = []
    /** @type {string[]} */
    this.colorNames = []
    /** @type {Map<string, CardCurve>} by group id */
    this.curves = new Map()
    /** @type {Map<string, string>} by channel */
    this.captions = new Map()
    /** @type {Map<string, string>} by place */
    this.subtitles = new Map()

    this.painting = new Painting(this)
    this.el = this.painting.el
    this.selection = new Selection(() =>
      channelsOf(this.layout).filter((name) => !this.painting.chips.get(name)?.hidden),
    )
    this.hand = new Hand(this)
    this.mover = new GroupMover(this)
    this.pointer = new Pointer(this)
    this.keyboard = new Keyboard(this)
    this.search = new Search(this)
    this.renaming = new Renaming(this)
    this.colors = new ColorMenu((id, color) => this.recolor(id, color))
    this.leaving = new Leaving(() => this.acked >= this.seq)
    this.el.addEventListener("click", (event) => this.click(elementOf(event)))
    root.append(this.el)
  }

  remove() {
    this.hand.release()
    this.leaving.remove()
    this.el.remove()
  }

  // ---- Python to browser ----

  /**
   * @param {BoardData} data
   * @param {(layout: SentLayout) => void} send
   */
  receive(data, send) {
    this.send = send
    const isFresh = data.session !== this.session
    if (isFresh) this.seq = data.ack
    else if (data.ack < this.seq) return
    this.session = data.session
    this.acked = data.ack
    this.leaving.answered()
    if (this.hand.held || this.mover.holds) this.waiting = data
    else this.adopt(data)
  }

  takeWaiting() {
    const { waiting } = this
    this.waiting = null
    if (waiting) this.adopt(waiting)
  }

  /** @param {BoardData} data */
  adopt(data) {
    this.seq = data.ack
    this.palette = data.palette
    this.colorNames = data.colorNames
    this.curves = new Map(Object.entries(data.curves))
    this.captions = new Map(Object.entries(data.captions))
    this.subtitles = new Map(data.groups.map(({ id, subtitle }) => [id, subtitle]))
    this.subtitles.set(UNGROUPED, data.ungroupedSubtitle)
    const groups = data.groups.map(({ id, name, color, channels }) => ({ id, name, color, channels }))
    this.layout = this.answered = { groups, ungrouped: data.ungrouped }
    this.selection.keep(new Set(channelsOf(this.layout)))
    this.painting.paint()
  }

  // ---- Browser to Python ----

  /**
   * Show a layout and send it.
   *
   * @param {Layout} layout
   */
  change(layout) {
    this.layout = layout
    this.seq += 1
    this.painting.paint()
    this.send({ seq: this.seq, ...layout })
  }

  // ---- Groups ----

  /**
   * Add a group of these channels.
   *
   * @param {Iterable<string>} channels
   * @returns {string} its id
   */
  newGroup(channels) {
    const id = `new-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`
    this.change(addGroup(this.layout, id, channels))
    return id
  }

  /**
   * Put channels that were found or selected into a new group, and let it be named.
   *
   * @param {Iterable<string>} channels
   */
  groupTogether(channels) {
    this.selection.clear()
    const id = this.newGroup(channels)
    this.renaming.begin(id)
    this.say(`New group of ${groupOf(this.layout, id)?.channels.length} channels.`)
  }

  /**
   * Put a group to a place among the others.
   *
   * @param {string} id
   * @param {number} index
   */
  moveGroup(id, index) {
    const layout = moveGroup(this.layout, id, index)
    if (layout.groups.every((group, i) => group.id === this.layout.groups[i].id)) return
    this.change(layout)
    this.say(`${groupOf(layout, id)?.name}, place ${index + 1} of ${layout.groups.length}.`)
  }

  /**
   * @param {string} id
   * @param {number} color
   */
  recolor(id, color) {
    const group = groupOf(this.layout, id)
    if (!group || group.color === color) return
    this.change(changeGroup(this.layout, id, { color }))
    this.say(`${group.name} is ${this.colorNames[color].toLowerCase()} now.`)
  }

  /** @param {string} id */
  deleteGroup(id) {
    const at = this.layout.groups.findIndex((group) => group.id === id)
    if (at < 0) return
    const { name, channels } = this.layout.groups[at]
    this.change(deleteGroup(this.layout, id))
    const next = this.layout.groups[at]
    const focus = next ? part(this.painting.card(next.id), ".delete") : this.painting.newTile
    focus.focus()
    this.say(`Group ${name} deleted.${channels.length ? ` Now ungrouped: ${channels.join(", ")}.` : ""}`)
  }

  // ---- Selected channels ----

  /**
   * @param {HTMLElement} chip
   * @param {PointerEvent} event
   */
  select(chip, { shiftKey, ctrlKey, metaKey, pointerType }) {
    const name = chip.dataset.channel ?? ""
    if (shiftKey) this.selection.through(name)
    else if (ctrlKey || metaKey || pointerType === "touch") this.selection.toggle(name)
    else this.selection.only(name)
    this.saySelected()
  }

  saySelected() {
    this.painting.showSelected()
    this.say(this.selection.size ? `${this.selection.size} selected.` : "Nothing selected.")
  }

  unselect() {
    if (!this.selection.size) return
    this.selection.clear()
    this.saySelected()
  }

  // ---- Buttons ----

  /** @param {HTMLElement} target */
  click(target) {
    const button = target.closest("button")
    if (!button) return
    const id = this.placeAt(button) ?? ""
    if (button === this.painting.newTile) this.renaming.begin(this.newGroup([]))
    else if (button.matches(".together")) this.groupTogether([...this.selection.names])
    else if (button.matches(".none")) this.unselect()
    else if (button.matches(".delete")) this.deleteGroup(id)
    else if (button.matches(".grip")) this.say("Press the arrow keys to move the group.")
    else if (button.matches(".dot")) this.pickColor(id)
  }

  /** @param {string} id */
  pickColor(id) {
    const group = groupOf(this.layout, id)
    const card = this.painting.card(id)
    if (!group) return
    if (this.colors.isOpen && card.contains(this.colors.el)) return this.colors.close()
    this.colors.open(card, group, this.layout.groups, this.palette, this.colorNames)
  }

  /**
   * The place whose card holds an element.
   *
   * @param {HTMLElement} el
   */
  placeAt(el) {
    /** @type {HTMLElement | null} */
    const card = el.closest(".card")
    return card?.dataset.group
  }

  /**
   * Tell a screen reader what happened.
   *
   * @param {string} text
   */
  say(text) {
    this.painting.say(text)
  }
}

export default component("layout", (root) => new Board(root))
