// The drag board: cards of channels, moved by mouse, touch or keyboard. No dependency.
//
// Python owns the truth. Every change here sends the whole layout with a growing `seq`; Python
// answers with `ack`, the last seq it has settled. Data older than our last layout is skipped, and
// nothing is patched while a channel is held. Names only ever travel through textContent and value.

const SLOP = 4 // px before a press becomes a drag
const NEAR = 24 // px around a card that still count as the card
const MANY = 12 // more channels than this can be searched
const PAUSE = 300 // ms without a key after which a typed name is sent
const LOOSE = "ungrouped"
const NEW = "+new" // the target '+ New group'
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const HOW = "The left and right arrows choose a group, up and down a position, Space drops, Escape cancels."
const KEY = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl"
const TIP = matchMedia("(pointer: coarse)").matches
  ? "Tap channels to select several, then drag them together."
  : `${KEY} or Shift and click selects several channels.`

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
  <p class="hidden" id="how">Press Space to pick up. ${HOW} Shift and the arrows, or ${KEY} and Space, select several.</p>
</div>`)
const CARD = template(`<section class="card" role="group">
  <header><button type="button" class="grip" title="Drag the group, or move it with the arrow keys"></button><button
    type="button" class="dot" aria-haspopup="true" aria-expanded="false"></button><input class="name"
    aria-label="Group name" maxlength="60" autocomplete="off" spellcheck="false"><button type="button" class="delete"
    title="Delete group">×</button></header>
  <p class="subtitle"></p><div class="list"></div><p class="aside"></p>
</section>`)
const LOOSE_CARD = template(`<section class="card loose" role="group">
  <header><div class="title">Ungrouped</div></header><p class="subtitle"></p><div class="list"></div><p class="aside"></p>
</section>`)
const CHIP = template(`<div class="chip" role="button" tabindex="0" aria-pressed="false"
  aria-roledescription="draggable channel" aria-describedby="how"><span class="label"></span><span class="caption"></span></div>`)
// A popover lies in the top layer: above the sidebar, and free of any ancestor's transform.
const GHOST = template(`<div class="chip ghost" aria-hidden="true" popover="manual"></div>`)

const boards = new WeakMap() // one per parentElement; Streamlit calls again on every change of data or theme

export default function ({ data, parentElement, setStateValue }) {
  const board = boards.get(parentElement) ?? new Board(parentElement)
  boards.set(parentElement, board)
  const run = (board.run = (board.run ?? 0) + 1)
  board.receive(data, (layout) => setStateValue("layout", layout))
  return () => {
    if (run !== board.run) return // Streamlit also cleans up after a call that a later one overtook
    board.release()
    board.leaving.remove()
    board.el.remove()
    boards.delete(parentElement)
  }
}

class Board {
  constructor(root) {
    this.root = root
    this.cards = new Map() // by group id
    this.chips = new Map() // by channel
    this.el = SKELETON()
    this.grid = this.el.querySelector(".grid")
    this.newTile = this.el.querySelector(".new")
    this.marker = this.el.querySelector(".marker")
    this.live = this.el.querySelector("[aria-live=assertive]")
    this.find = this.el.querySelector(".find")
    this.picked = this.el.querySelector(".picked")
    this.selection = new Selection(() => this.inOrder().filter((name) => !this.chips.get(name).hidden))
    this.mover = new GroupMover(this)
    this.colors = new ColorMenu((id, color) => this.recolor(id, color))
    this.query = this.find.querySelector("input")
    this.gather = this.find.querySelector(".gather")
    this.escape = (event) => event.key === "Escape" && (stop(event), this.cancel())
    const own = ["pointerdown", "pointermove", "pointerup", "pointercancel", "keydown", "focusin", "focusout", "click"]
    for (const type of own) this.el.addEventListener(type, (event) => this[type](event))
    this.el.addEventListener("input", (event) => this.typed(event))
    this.el.addEventListener("lostpointercapture", (event) => this.pointercancel(event))
    for (const type of ["mousedown", "contextmenu"]) {
      this.el.addEventListener(type, (event) => (this.press || this.mover.press) && event.preventDefault())
    }
    this.leaving = new Leaving(() => this.acked >= this.seq)
    root.append(this.el)
  }

  // ---- Python to browser ----

  receive(data, send) {
    this.send = send
    if (data.session !== this.session) this.seq = data.ack // a new server session counts from its own ack
    else if (data.ack < this.seq) return
    this.session = data.session
    this.acked = data.ack
    this.leaving.answered()
    if (this.held || this.mover.holds) this.waiting = data
    else this.adopt(data)
  }

  takeWaiting() {
    const { waiting } = this
    this.waiting = null
    if (waiting) this.adopt(waiting)
  }

  adopt(data) {
    this.seq = data.ack
    this.palette = data.palette
    this.colorNames = data.colorNames
    this.curves = new Map(Object.entries(data.curves))
    this.captions = new Map(Object.entries(data.captions))
    const loose = { id: LOOSE, name: "Ungrouped", subtitle: data.ungroupedSubtitle, channels: data.ungrouped }
    this.places = [...data.groups, loose].map((place) => ({ ...place, channels: [...place.channels] }))
    this.selection.keep(new Set(this.inOrder()))
    this.settled = new Map(this.places.map(({ id, channels }) => [id, channels.join("\n")]))
    this.patch()
  }

  patch() {
    const focused = this.root.activeElement
    this.patching = true
    const cards = this.places.map((place) => this.card(place))
    const loose = cards.pop()
    arrange(this.grid, [...cards, this.newTile])
    if (!loose.isConnected) this.grid.after(loose)
    for (const { id, channels } of this.places) arrange(this.list(id), channels.map((name) => this.chip(name)))
    for (const keyed of [this.cards, this.chips]) {
      for (const [key, el] of keyed) if (!el.isConnected) keyed.delete(key)
    }
    this.search()
    this.showPicked()
    if (focused?.isConnected && focused !== this.root.activeElement) focused.focus({ preventScroll: true })
    this.patching = false
  }

  // Show the channels whose names hold every word that is typed, wherever they are; the others step aside.
  search() {
    const words = this.query.value.toLowerCase().split(/\s+/).filter(Boolean)
    this.find.hidden = this.chips.size <= MANY
    this.el.toggleAttribute("data-many", !this.find.hidden)
    const asked = words.length > 0 && !this.find.hidden
    let count = 0
    for (const [name, chip] of this.chips) {
      const fits = !asked || words.every((word) => name.toLowerCase().includes(word))
      chip.hidden = !fits && !this.held?.names.has(name)
      count += fits
    }
    this.el.toggleAttribute("data-asked", asked)
    for (const [id, card] of this.cards) {
      const { channels } = this.place(id)
      const aside = channels.filter((name) => this.chips.get(name).hidden).length
      card.querySelector(".aside").textContent = aside ? `${aside} more here` : ""
    }
    this.find.querySelector(".found").textContent = asked ? `${count} of ${this.chips.size}` : `${this.chips.size} channels`
    this.gather.hidden = !asked || !count
    this.gather.textContent = `New group of these ${count}`
  }

  clearSearch() {
    this.query.value = ""
    this.search()
  }

  // Put all channels that the search found into a new group, and let it be named.
  gatherFound() {
    this.groupOf(new Set([...this.chips].filter(([, chip]) => !chip.hidden).map(([name]) => name)))
    this.clearSearch()
  }

  groupOf(names) {
    const inOrder = this.takeOut(names)
    this.selection.clear()
    const id = this.addGroup(inOrder)
    this.editName(id)
    this.say(`New group of ${inOrder.length} channels.`)
  }

  // All channels, group by group, the ungrouped ones last.
  inOrder() {
    return this.places.flatMap(({ channels }) => channels)
  }

  // Take channels out of their places; returns them in the order in which they stood.
  takeOut(names) {
    const inOrder = this.inOrder().filter((name) => names.has(name))
    for (const place of this.places) place.channels = place.channels.filter((name) => !names.has(name))
    return inOrder
  }

  // ---- Selected channels ----

  showPicked() {
    for (const [name, chip] of this.chips) chip.setAttribute("aria-pressed", this.selection.has(name))
    const { size } = this.selection
    const [together, none] = this.picked.querySelectorAll("button")
    this.picked.querySelector(".count").textContent = size ? `${size} selected` : TIP
    together.hidden = none.hidden = !size
    together.textContent = `New group of the ${size} selected`
  }

  pick(chip, { shiftKey, ctrlKey, metaKey, pointerType }) {
    const name = chip.dataset.channel
    if (shiftKey) this.selection.through(name)
    else if (ctrlKey || metaKey || pointerType === "touch") this.selection.toggle(name)
    else this.selection.only(name)
    this.sayPicked()
  }

  sayPicked() {
    this.showPicked()
    this.say(this.selection.size ? `${this.selection.size} selected.` : "Nothing selected.")
  }

  unselect() {
    if (!this.selection.size) return
    this.selection.clear()
    this.sayPicked()
  }

  // ---- Cards and chips ----

  card({ id, name, subtitle = "", color }) {
    const card = this.cards.get(id) ?? (id === LOOSE ? LOOSE_CARD : CARD)()
    this.cards.set(id, card)
    const before = card.dataset.name
    Object.assign(card.dataset, { group: id, name })
    card.setAttribute("aria-label", name)
    card.querySelector(".subtitle").textContent = subtitle
    if (id === LOOSE) return card
    card.style.setProperty("--group", this.palette[color])
    card.querySelector(".delete").setAttribute("aria-label", `Delete group ${name}`)
    card.querySelector(".grip").setAttribute("aria-label", `Move group ${name}`)
    const dot = card.querySelector(".dot")
    dot.title = `Colour of ${name}: ${this.colorNames[color]}`
    dot.setAttribute("aria-label", dot.title)
    this.drawCurve(card, id)
    const input = card.querySelector(".name")
    const typing = input === this.root.activeElement && input.value !== before
    if (!typing && input.value !== name) input.value = name
    return card
  }

  // The small curve; figures that the last drop made old step back until Python has answered.
  drawCurve(card, id) {
    const svg = card.querySelector(".spark") ?? SPARK()
    if (!svg.isConnected) card.querySelector(".subtitle").after(svg)
    spark(svg, this.curves.get(id))
    card.toggleAttribute("data-old", this.settled.get(id) !== this.place(id).channels.join("\n"))
  }

  chip(name) {
    const chip = this.chips.get(name) ?? CHIP()
    this.chips.set(name, chip)
    chip.dataset.channel = chip.title = name
    chip.querySelector(".label").textContent = name
    chip.querySelector(".caption").textContent = this.captions.get(name) ?? ""
    return chip
  }

  list(id) {
    return this.cards.get(id)?.querySelector(".list")
  }

  // ---- Browser to Python ----

  commit() {
    this.seq += 1
    this.patch()
    const groups = this.places
      .slice(0, -1)
      .map(({ id, name, color, channels }) => ({ id, name, color, channels: [...channels] }))
    this.send({ seq: this.seq, groups, ungrouped: [...this.places.at(-1).channels] })
  }

  place(id) {
    return this.places.find((place) => place.id === id)
  }

  addGroup(channels) {
    const groups = this.places.slice(0, -1)
    const id = `new-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`
    const names = groups.map((group) => group.name.toLowerCase())
    let number = 1
    while (names.includes(`group ${number}`)) number += 1
    const uses = this.palette.map((_, color) => groups.filter((group) => group.color === color).length)
    const color = uses.indexOf(Math.min(...uses))
    this.places.splice(-1, 0, { id, name: `Group ${number}`, color, channels })
    this.commit()
    return id
  }

  groupCards() {
    return this.places.slice(0, -1).map(({ id }) => this.cards.get(id))
  }

  // Put a group to a place among the others.
  moveGroup(id, index) {
    const from = this.places.findIndex((place) => place.id === id)
    if (from < 0 || from === index || index < 0 || index > this.places.length - 2) return
    this.places.splice(index, 0, ...this.places.splice(from, 1))
    this.commit()
    this.say(`${this.place(id).name}, place ${index + 1} of ${this.places.length - 1}.`)
  }

  recolor(id, color) {
    const place = this.place(id)
    if (!place || place.color === color) return
    place.color = color
    this.commit()
    this.say(`${place.name} is ${this.colorNames[color].toLowerCase()} now.`)
  }

  deleteGroup(id) {
    const at = this.places.indexOf(this.place(id))
    const [{ name, channels }] = this.places.splice(at, 1)
    this.places.at(-1).channels.push(...channels)
    this.commit()
    const next = this.cards.get(this.places[at].id).querySelector(".delete") ?? this.newTile
    next.focus()
    this.say(`Group ${name} deleted.` + (channels.length ? ` Now ungrouped: ${channels.join(", ")}.` : ""))
  }

  editName(id) {
    const input = this.cards.get(id).querySelector(".name")
    input.focus()
    input.select()
  }

  // A pause in typing sends the name already: a click on a link would otherwise race the name that leaving the field
  // sends, and lose.
  typed({ target }) {
    if (target === this.query) return this.search()
    if (!target.matches(".name")) return
    clearTimeout(this.typing)
    this.typing = setTimeout(() => this.takeName(target), PAUSE)
  }

  takeName(input) {
    const place = this.place(input.closest(".card")?.dataset.group)
    const name = input.value.trim()
    if (!place || !name || name === place.name) return
    place.name = name
    this.commit()
  }

  rename(input) {
    clearTimeout(this.typing)
    this.takeName(input)
    const place = this.place(input.closest(".card").dataset.group)
    if (!place) return
    input.value = place.name
    if (place.name !== this.nameBefore) this.say(`Group renamed to ${place.name}.`)
  }

  // ---- A channel in the hand ----

  whereIs(channel) {
    const place = this.places.find(({ channels }) => channels.includes(channel))
    return { place: place?.id, index: place?.channels.indexOf(channel) }
  }

  lift(chip, by) {
    const channel = chip.dataset.channel
    if (!this.selection.has(channel)) this.unselect()
    const names = new Set(this.selection.size ? this.selection.names : [channel])
    const { place, index } = this.whereIs(channel)
    const before = this.place(place).channels.slice(0, index).filter((name) => !names.has(name))
    this.held = { chip, channel, names, by, from: { place, index: before.length } }
    for (const name of names) this.chips.get(name).dataset.held = by
    this.aim(this.held.from)
    if (by === "key") return this.say(`${this.heldName()} picked up. ${this.describe(this.held.from)} ${HOW}`)
    const box = chip.getBoundingClientRect()
    const ghost = GHOST()
    ghost.append(...chip.cloneNode(true).children)
    if (names.size > 1) ghost.dataset.count = names.size
    ghost.style.width = `${box.width}px`
    ghost.style.setProperty("--group", getComputedStyle(chip).getPropertyValue("--group"))
    this.el.append(ghost)
    ghost.showPopover()
    Object.assign(this.held, { ghost, dx: this.press.x - box.left, dy: this.press.y - box.top })
    this.el.dataset.dragging = ""
    document.addEventListener("keydown", this.escape, true)
    autoScroll(this.el, () => this.held && this.press, (x, y) => this.aim(this.targetAt(x, y)))
  }

  heldName({ channel, names } = this.held) {
    return names.size > 1 ? `${names.size} channels` : channel
  }

  others(id) {
    return [...(this.list(id)?.children ?? [])].filter((chip) => !this.held.names.has(chip.dataset.channel))
  }

  // Show where the held channel would land: the card, and a line at the position.
  aim(target) {
    this.held.target = target
    for (const [id, card] of this.cards) card.toggleAttribute("data-over", id === target?.place)
    this.newTile.toggleAttribute("data-over", target?.place === NEW)
    const others = this.others(target?.place)
    const next = others[target?.index]
    const chip = next && !next.hidden ? next : others.slice(0, target?.index).findLast((chip) => !chip.hidden)
    this.marker.hidden = !chip
    if (!chip) return
    this.mark(chip, chip === next, inColumns(chip), 3)
  }

  // A line beside a chip or a card, in the middle of the gap around it.
  mark(el, before, across, gap) {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = el
    this.marker.hidden = false
    this.marker.style.cssText = across
      ? `left:${before ? left - gap - 1 : left + width + gap - 1}px;top:${top}px;width:2px;height:${height}px`
      : `left:${left}px;top:${before ? top - gap - 1 : top + height + gap - 1}px;width:${width}px;height:2px`
    this.marker.style.setProperty("--group", getComputedStyle(el).getPropertyValue("--group"))
  }

  targetAt(x, y) {
    const near = [...this.cards, [NEW, this.newTile]].map(([place, el]) => [Math.hypot(...away(el, x, y)), place])
    const [distance, place] = near.reduce((best, next) => (next[0] < best[0] ? next : best))
    if (distance > NEAR) return null
    const others = this.others(place)
    const shown = others.filter((chip) => !chip.hidden)
    if (!shown.length) return { place, index: others.length }
    // The row under the pointer counts first, so the free end of a row means "after its last channel".
    const score = shown.map((chip) => away(chip, x, y)).map(([dx, dy]) => dx + 1000 * dy)
    const chip = shown[score.indexOf(Math.min(...score))]
    const index = others.indexOf(chip)
    const box = chip.getBoundingClientRect()
    const after = inColumns(chip) ? x > box.left + box.width / 2 : y > box.top + box.height / 2
    return { place, index: index + (after ? 1 : 0) }
  }

  // Open the hand: everything that marks a drag goes, and data that came meanwhile is taken in.
  release() {
    const { held } = this
    this.press = this.held = null
    if (!held) return null
    document.removeEventListener("keydown", this.escape, true)
    for (const chip of this.chips.values()) delete chip.dataset.held
    delete this.el.dataset.dragging
    for (const el of this.el.querySelectorAll("[data-over]")) el.removeAttribute("data-over")
    this.marker.hidden = true
    held.start = held.ghost?.getBoundingClientRect()
    held.ghost?.remove()
    this.takeWaiting()
    return held
  }

  cancel() {
    const held = this.release()
    if (!held) return
    glide(held)
    this.say(`Move cancelled. ${this.heldName(held)} ${held.names.size > 1 ? "stay where they were" : "stays where it was"}.`)
  }

  drop() {
    const { target } = this.held
    if (!target) return this.cancel()
    const held = this.release()
    const before = this.arrangement()
    const moved = this.takeOut(held.names)
    if (!moved.length) return // the model lost these channels while they were held
    this.selection.clear()
    if (target.place === NEW) {
      const id = this.addGroup(moved)
      if (held.by === "mouse") this.editName(id)
    } else {
      const place = this.place(target.place) ?? this.places.at(-1)
      place.channels.splice(target.index, 0, ...moved)
      if (this.arrangement() === before) this.showPicked()
      else this.commit()
    }
    glide(held)
    this.say(`${this.heldName(held)} dropped. ${this.describe(this.whereIs(moved[0]), moved.length)}`)
  }

  arrangement() {
    return JSON.stringify(this.places.map(({ id, channels }) => [id, channels]))
  }

  describe({ place, index }, count = this.held.names.size) {
    if (place === NEW) return "A new group."
    const { name, channels } = this.place(place)
    const held = this.held?.names
    const all = held ? channels.filter((channel) => !held.has(channel)).length + count : channels.length
    const position = count > 1 ? `positions ${index + 1} to ${index + count}` : `position ${index + 1}`
    return `${name}, ${position} of ${all}.`
  }

  say(text) {
    this.live.textContent = text
  }

  // ---- Pointer: mouse, pen and touch ----

  pointerdown(event) {
    const { target } = event
    const chip = target.closest(".chip")
    const grip = target.closest(".grip")
    if (!target.closest(".colors, .dot")) this.colors.close()
    if (event.button !== 0 || !event.isPrimary) return
    this.cancel()
    if (grip) return this.mover.begin(event, grip.closest(".card"))
    if (!chip) return target.closest("button, input") ? null : this.unselect()
    chip.focus({ preventScroll: true, focusVisible: false })
    this.press = { chip, id: event.pointerId, x: event.clientX, y: event.clientY }
    this.el.setPointerCapture(event.pointerId)
  }

  pointermove(event) {
    const { pointerId, pointerType, clientX: x, clientY: y } = event
    if (this.mover.press?.id === pointerId) return this.mover.move(event)
    if (this.press?.id !== pointerId) return
    if (!this.held) {
      if (Math.hypot(x - this.press.x, y - this.press.y) < SLOP) return
      this.lift(this.press.chip, pointerType)
    }
    Object.assign(this.press, { x, y })
    this.held.ghost.style.translate = `${x - this.held.dx}px ${y - this.held.dy}px`
    this.aim(this.targetAt(x, y))
  }

  pointerup(event) {
    if (![this.press?.id, this.mover.press?.id].includes(event.pointerId)) return
    this.pointermove(event) // a flick may end without a last move
    if (this.mover.press) return this.mover.end(true)
    if (this.held) this.drop()
    else this.pick(this.press.chip, event)
    this.press = null
  }

  pointercancel({ pointerId }) {
    if (this.mover.press?.id === pointerId) this.mover.end()
    if (this.press?.id !== pointerId) return
    this.cancel()
    this.press = null
  }

  click({ target }) {
    const button = target.closest("button")
    if (!button) return
    const id = button.closest(".card")?.dataset.group
    if (button === this.gather) this.gatherFound()
    else if (button === this.newTile) this.editName(this.addGroup([]))
    else if (button.matches(".together")) this.groupOf(new Set(this.selection.names))
    else if (button.matches(".none")) this.unselect()
    else if (button.matches(".delete")) this.deleteGroup(id)
    else if (button.matches(".grip")) this.say("Press the arrow keys to move the group.")
    else if (button.matches(".dot")) this.pickColor(id)
  }

  pickColor(id) {
    if (this.colors.isOpen && this.cards.get(id).contains(this.colors.el)) return this.colors.close()
    this.colors.open(this.cards.get(id), this.place(id), this.places.slice(0, -1), this.palette, this.colorNames)
  }

  // ---- Keyboard ----

  keydown(event) {
    if (event.target.matches(".name")) return this.nameKey(event)
    if (event.target === this.query) {
      event.stopPropagation() // as in nameKey
      if (event.key === "Escape") this.clearSearch()
      return
    }
    if (event.target.matches(".grip")) return this.gripKey(event)
    const chip = event.target.closest(".chip")
    if (!chip || event.altKey || this.press) return
    const { key } = event
    const modified = event.ctrlKey || event.metaKey
    if (modified && !this.held && key.toLowerCase() === "a") {
      stop(event)
      this.selection.all()
      this.sayPicked()
    } else if (key === " " && !this.held && (modified || event.shiftKey)) {
      stop(event)
      this.selection.toggle(chip.dataset.channel)
      this.sayPicked()
    } else if (modified) {
      return
    } else if (key === " " || key === "Enter") {
      stop(event)
      if (event.repeat) return
      if (this.held) this.drop()
      else this.lift(chip, "key")
    } else if (key === "Escape") {
      if (this.held) this.escape(event)
      else this.unselect()
    } else if (key in STEPS) {
      stop(event)
      if (this.held) this.step(...STEPS[key])
      else this.roam(chip, ...STEPS[key], event.shiftKey)
    }
  }

  // Walk from chip to chip, or to the first one of the next card; with Shift everything between is selected.
  roam(chip, across, along, extend) {
    const name = chip.dataset.channel
    const shown = this.selection.order()
    let next = shown[shown.indexOf(name) + along]
    if (across) {
      const firsts = this.places.map(({ channels }) => channels.find((other) => shown.includes(other)))
      const here = this.places.findIndex(({ channels }) => channels.includes(name))
      next = (across < 0 ? firsts.slice(0, here).reverse() : firsts.slice(here + 1)).find(Boolean)
    }
    if (!next) return
    if (extend) {
      if (!this.selection.size) this.selection.anchor = name
      this.selection.through(next)
      this.sayPicked()
    }
    this.chips.get(next).focus()
  }

  gripKey(event) {
    const id = event.target.closest(".card").dataset.group
    const [across, along] = STEPS[event.key] ?? [0, 0]
    if (event.key === "Delete") this.deleteGroup(id)
    else if (across || along) this.moveGroup(id, this.places.findIndex((place) => place.id === id) + across + along)
    else return
    stop(event)
  }

  nameKey(event) {
    event.stopPropagation() // Streamlit's own shortcuts (r, c) must not see what is typed
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return
    if (event.key === "Escape") event.target.value = this.nameBefore
    event.target.blur()
  }

  step(across, along) {
    let { place, index } = this.held.target
    if (across) {
      const order = this.places.map(({ id }) => id)
      order.splice(-1, 0, NEW) // as they stand on the screen: the groups, "New group", and below them Ungrouped
      place = order[order.indexOf(place) + across]
      if (!place) return this.say(across < 0 ? "This is the first group." : "There is nothing after Ungrouped.")
      index = place === this.held.from.place ? this.held.from.index : this.others(place).length
    }
    index = Math.max(0, Math.min(index + along, this.others(place).length))
    this.aim({ place, index })
    const shown = this.marker.hidden ? (this.cards.get(place) ?? this.newTile) : this.marker
    shown.scrollIntoView({ block: "nearest" })
    this.say(this.describe(this.held.target))
  }

  focusin({ target }) {
    if (target.matches(".name")) this.nameBefore = target.value
  }

  focusout({ target }) {
    if (this.patching) return
    if (target.matches(".name")) this.rename(target)
    else if (this.held?.by === "key") this.cancel()
  }
}
