// The board's elements: what the layout says is drawn, and patched by key so that focus survives.

import { part, template } from "../dom.js"
import { inColumns } from "./geometry.js"
import { HOW_TO_SELECT, KEYS_OF_A_MOVE, MODIFIER } from "./hints.js"
import { placeOf, placesOf, UNGROUPED } from "./layout.js"
import { drawSpark, SPARK } from "./spark.js"

/** @import { Board } from "./board.js" */
/** @import { Group } from "./layout.js" */

export const NEW_GROUP = "+new" // the tile '+ New group' as a place to drop channels

const SKELETON = template(`<div class="board">
  <div class="find" role="search" hidden>
    <input type="search" aria-label="Find channels" placeholder="Find channels" autocomplete="off" spellcheck="false">
    <span class="found" role="status"></span>
    <button type="button" class="gather" hidden></button>
  </div>
  <div class="picked"><span class="found count"></span>
    <button type="button" class="gather together" hidden></button>
    <button type="button" class="none" hidden>Clear</button></div>
  <div class="grid">
    <button type="button" class="new" data-new-group><span class="plus" aria-hidden="true">+</span>New group</button>
  </div>
  <div class="marker" hidden></div>
  <p class="hidden" role="status" aria-live="assertive"></p>
  <p class="hidden" id="how">Press Space to pick up. ${KEYS_OF_A_MOVE} Shift and the arrows, or ${MODIFIER} and Space, select several.</p>
</div>`)
const CARD = template(`<section class="card" role="group">
  <header><button type="button" class="grip" title="Drag the group, or move it with the arrow keys"></button><button
    type="button" class="dot" aria-haspopup="true" aria-expanded="false"></button><input class="name"
    aria-label="Group name" maxlength="60" autocomplete="off" spellcheck="false"><button type="button" class="delete"
    title="Delete group">×</button></header>
  <p class="subtitle"></p>${SPARK}<div class="list"></div><p class="aside"></p>
</section>`)
const UNGROUPED_CARD = template(`<section class="card loose" role="group">
  <header><div class="title">Ungrouped</div></header><p class="subtitle"></p><div class="list"></div><p class="aside"></p>
</section>`)
const CHIP = template(`<div class="chip" role="button" tabindex="0" aria-pressed="false"
  aria-roledescription="draggable channel" aria-describedby="how"><span class="label"></span><span class="caption"></span></div>`)

export class Painting {
  /** @param {Board} board */
  constructor(board) {
    this.board = board
    this.el = SKELETON()
    this.grid = part(this.el, ".grid")
    this.newTile = part(this.el, ".new")
    this.marker = part(this.el, ".marker")
    this.live = part(this.el, "[aria-live=assertive]")
    this.picked = part(this.el, ".picked")
    /** @type {Map<string, HTMLElement>} by place */
    this.cards = new Map()
    /** @type {Map<string, HTMLElement>} by channel */
    this.chips = new Map()
    /** True while elements move, and with them the focus, which nobody took away then. */
    this.isBusy = false
  }

  paint() {
    const { layout, root, search } = this.board
    const focused = root.activeElement
    this.isBusy = true
    const cards = layout.groups.map((group) => this.paintGroup(group))
    const loose = this.paintUngrouped()
    arrange(this.grid, [...cards, this.newTile])
    if (!loose.isConnected) this.grid.after(loose)
    for (const { id, channels } of placesOf(layout)) {
      const chips = channels.map((name) => this.paintChip(name))
      arrange(part(this.card(id), ".list"), chips)
    }
    for (const keyed of [this.cards, this.chips]) {
      for (const [key, el] of keyed) if (!el.isConnected) keyed.delete(key)
    }
    search.show()
    this.showSelected()
    if (focused instanceof HTMLElement && focused.isConnected && focused !== root.activeElement) {
      focused.focus({ preventScroll: true })
    }
    this.isBusy = false
  }

  /**
   * The card of a place that is on the board.
   *
   * @param {string} id
   */
  card(id) {
    return /** @type {HTMLElement} */ (this.cards.get(id))
  }

  /**
   * The chip of a channel that is on the board.
   *
   * @param {string} channel
   */
  chip(channel) {
    return /** @type {HTMLElement} */ (this.chips.get(channel))
  }

  /** @param {Group} group */
  paintGroup({ id, name, color, channels }) {
    const { palette, colorNames, curves, subtitles, answered, root } = this.board
    const card = this.keyed(this.cards, id, CARD)
    const before = card.dataset.name
    this.label(card, id, name, subtitles.get(id))
    card.style.setProperty("--group", palette[color])
    part(card, ".delete").setAttribute("aria-label", `Delete group ${name}`)
    part(card, ".grip").setAttribute("aria-label", `Move group ${name}`)
    const dot = part(card, ".dot")
    dot.title = `Colour of ${name}: ${colorNames[color]}`
    dot.setAttribute("aria-label", dot.title)
    drawSpark(part(card, ".spark", SVGElement), curves.get(id))
    // Figures that the last drop made old step back until Python has answered.
    const figured = placeOf(answered, id)?.channels.join("\n")
    card.toggleAttribute("data-old", figured !== channels.join("\n"))
    const input = part(card, ".name", HTMLInputElement)
    const isTyping = input === root.activeElement && input.value !== before
    if (!isTyping && input.value !== name) input.value = name
    return card
  }

  paintUngrouped() {
    const card = this.keyed(this.cards, UNGROUPED, UNGROUPED_CARD)
    this.label(card, UNGROUPED, "Ungrouped", this.board.subtitles.get(UNGROUPED))
    return card
  }

  /** @param {string} name */
  paintChip(name) {
    const chip = this.keyed(this.chips, name, CHIP)
    chip.dataset.channel = chip.title = name
    part(chip, ".label").textContent = name
    part(chip, ".caption").textContent = this.board.captions.get(name) ?? ""
    return chip
  }

  /**
   * @param {Map<string, HTMLElement>} elements
   * @param {string} key
   * @param {() => HTMLElement} make
   */
  keyed(elements, key, make) {
    const el = elements.get(key) ?? make()
    elements.set(key, el)
    return el
  }

  /**
   * @param {HTMLElement} card
   * @param {string} id
   * @param {string} name
   * @param {string} [subtitle]
   */
  label(card, id, name, subtitle = "") {
    Object.assign(card.dataset, { group: id, name })
    card.setAttribute("aria-label", name)
    part(card, ".subtitle").textContent = subtitle
  }

  showSelected() {
    const { selection } = this.board
    for (const [name, chip] of this.chips) chip.setAttribute("aria-pressed", String(selection.has(name)))
    const { size } = selection
    const together = part(this.picked, ".together")
    part(this.picked, ".count").textContent = size ? `${size} selected` : HOW_TO_SELECT
    together.hidden = part(this.picked, ".none").hidden = !size
    together.textContent = `New group of the ${size} selected`
  }

  /** The channels whose chips can be seen. */
  shownChannels() {
    return [...this.chips].filter(([, chip]) => !chip.hidden).map(([name]) => name)
  }

  /**
   * The cards of the groups, in their order.
   *
   * @returns {HTMLElement[]}
   */
  groupCards() {
    return this.board.layout.groups.map(({ id }) => this.card(id))
  }

  /**
   * Mark the place above which channels are held, `null` for none.
   *
   * @param {string | null} place
   */
  markPlace(place) {
    for (const [id, card] of this.cards) card.toggleAttribute("data-over", id === place)
    this.newTile.toggleAttribute("data-over", place === NEW_GROUP)
  }

  /**
   * A line beside a chip or a card, in the middle of the gap around it.
   *
   * @param {HTMLElement} el
   * @param {boolean} isBefore
   * @param {number} gap half of it, in px
   */
  markGap(el, isBefore, gap) {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = el
    this.marker.hidden = false
    this.marker.style.cssText = inColumns(el)
      ? `left:${isBefore ? left - gap - 1 : left + width + gap - 1}px;top:${top}px;width:2px;height:${height}px`
      : `left:${left}px;top:${isBefore ? top - gap - 1 : top + height + gap - 1}px;width:${width}px;height:2px`
    this.marker.style.setProperty("--group", getComputedStyle(el).getPropertyValue("--group"))
  }

  hideMarks() {
    this.markPlace(null)
    this.marker.hidden = true
  }

  /**
   * Tell a screen reader what happened.
   *
   * @param {string} text
   */
  say(text) {
    this.live.textContent = text
  }
}

/**
 * Make `children` the children of `parent`, moving only what is not in place already.
 *
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} children
 */
function arrange(parent, children) {
  for (const child of /** @type {HTMLElement[]} */ ([...parent.children])) {
    if (!children.includes(child)) child.remove()
  }
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null)
  })
}
