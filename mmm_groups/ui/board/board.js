// The drag board: cards of channels, moved by mouse, touch or keyboard. No dependency.
//
// Python owns the truth. Every change here sends the whole layout with a growing `seq`; Python
// answers with `ack`, the last seq it has settled. Data older than our last layout is skipped, and
// nothing is patched while a channel is held. Names only ever travel through textContent and value.

const SLOP = 4 // px before a press becomes a drag
const NEAR = 24 // px around a card that still count as the card
const EDGE = 48 // px at the edge of the page where a drag scrolls it
const HEADER = 64 // px that Streamlit's header covers at the top
const MANY = 12 // more channels than this can be searched
const PAUSE = 300 // ms without a key after which a typed name is sent
const LOOSE = "ungrouped"
const NEW = "+new" // the target '+ New group'
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const HOW = "The left and right arrows choose a group, up and down a position, Space drops, Escape cancels."

const SKELETON = template(`<div class="board">
  <div class="find" role="search" hidden>
    <input type="search" aria-label="Find channels" placeholder="Find channels" autocomplete="off" spellcheck="false">
    <span class="found" role="status"></span>
    <button type="button" class="gather" hidden></button>
  </div>
  <div class="grid">
    <button type="button" class="new" data-new-group><span class="plus" aria-hidden="true">+</span>New group</button>
  </div>
  <div class="marker" hidden></div>
  <p class="hidden" role="status" aria-live="assertive"></p>
  <p class="hidden" id="how">Press Space to pick up. ${HOW}</p>
</div>`)
const CARD = template(`<section class="card" role="group">
  <header><span class="dot"></span><input class="name" aria-label="Group name" maxlength="60" autocomplete="off"
    spellcheck="false"><button type="button" class="delete" title="Delete group">×</button></header>
  <p class="subtitle"></p><div class="list"></div><p class="aside"></p>
</section>`)
const LOOSE_CARD = template(`<section class="card loose" role="group">
  <header><div class="title">Ungrouped</div></header><p class="subtitle"></p><div class="list"></div><p class="aside"></p>
</section>`)
const CHIP = template(`<div class="chip" role="button" tabindex="0" aria-roledescription="draggable channel"
  aria-describedby="how"><span class="label"></span><span class="caption"></span></div>`)
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
    this.query = this.find.querySelector("input")
    this.gather = this.find.querySelector(".gather")
    this.escape = (event) => event.key === "Escape" && (stop(event), this.cancel())
    const own = ["pointerdown", "pointermove", "pointerup", "pointercancel", "keydown", "focusin", "focusout", "click"]
    for (const type of own) this.el.addEventListener(type, (event) => this[type](event))
    this.el.addEventListener("input", (event) => this.typed(event))
    this.el.addEventListener("lostpointercapture", (event) => this.pointercancel(event))
    for (const type of ["mousedown", "contextmenu"]) {
      this.el.addEventListener(type, (event) => this.press && event.preventDefault())
    }
    root.append(this.el)
  }

  // ---- Python to browser ----

  receive(data, send) {
    this.send = send
    if (data.session !== this.session) this.seq = data.ack // a new server session counts from its own ack
    else if (data.ack < this.seq) return
    this.session = data.session
    if (this.held) this.waiting = data
    else this.adopt(data)
  }

  adopt(data) {
    this.seq = data.ack
    this.palette = data.palette
    this.captions = new Map(Object.entries(data.captions))
    const loose = { id: LOOSE, name: "Ungrouped", subtitle: data.ungroupedSubtitle, channels: data.ungrouped }
    this.places = [...data.groups, loose].map((place) => ({ ...place, channels: [...place.channels] }))
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
      chip.hidden = !fits && chip !== this.held?.chip
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
    const found = new Set([...this.chips].filter(([, chip]) => !chip.hidden).map(([name]) => name))
    const inOrder = this.places.flatMap(({ channels }) => channels.filter((name) => found.has(name)))
    for (const place of this.places) place.channels = place.channels.filter((name) => !found.has(name))
    const id = this.addGroup(inOrder)
    this.clearSearch()
    this.editName(id)
    this.say(`New group of ${inOrder.length} channels.`)
  }

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
    const input = card.querySelector(".name")
    const typing = input === this.root.activeElement && input.value !== before
    if (!typing && input.value !== name) input.value = name
    return card
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
    const groups = this.places.slice(0, -1).map(({ id, name, channels }) => ({ id, name, channels: [...channels] }))
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
    this.held = { chip, channel, by, from: this.whereIs(channel) }
    chip.dataset.held = by
    this.aim(this.held.from)
    if (by === "key") return this.say(`${channel} picked up. ${this.describe(this.held.from)} ${HOW}`)
    const box = chip.getBoundingClientRect()
    const ghost = GHOST()
    ghost.append(...chip.cloneNode(true).children)
    ghost.style.width = `${box.width}px`
    ghost.style.setProperty("--group", getComputedStyle(chip).getPropertyValue("--group"))
    this.el.append(ghost)
    ghost.showPopover()
    Object.assign(this.held, { ghost, dx: this.press.x - box.left, dy: this.press.y - box.top })
    this.el.dataset.dragging = ""
    document.addEventListener("keydown", this.escape, true)
    this.scroll(scrollerOf(this.el))
  }

  others(id) {
    return [...(this.list(id)?.children ?? [])].filter((chip) => chip !== this.held.chip)
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
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = chip
    const before = chip === next
    this.marker.style.cssText = inColumns(chip)
      ? `left:${before ? left - 4 : left + width + 2}px;top:${top}px;width:2px;height:${height}px`
      : `left:${left}px;top:${before ? top - 4 : top + height + 2}px;width:${width}px;height:2px`
    this.marker.style.setProperty("--group", getComputedStyle(chip).getPropertyValue("--group"))
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
    const { held, waiting } = this
    this.press = this.held = this.waiting = null
    if (!held) return null
    document.removeEventListener("keydown", this.escape, true)
    delete held.chip.dataset.held
    delete this.el.dataset.dragging
    for (const el of this.el.querySelectorAll("[data-over]")) el.removeAttribute("data-over")
    this.marker.hidden = true
    held.start = held.ghost?.getBoundingClientRect()
    held.ghost?.remove()
    if (waiting) this.adopt(waiting)
    return held
  }

  cancel() {
    const held = this.release()
    if (!held) return
    glide(held)
    this.say(`Move cancelled. ${held.channel} stays where it was.`)
  }

  drop() {
    const { target } = this.held
    if (!target) return this.cancel()
    const held = this.release()
    const from = this.whereIs(held.channel)
    if (!from.place) return // the model lost this channel while it was held
    if (target.place !== from.place || target.index !== from.index) {
      this.place(from.place).channels.splice(from.index, 1)
      if (target.place === NEW) {
        const id = this.addGroup([held.channel])
        if (held.by === "mouse") this.editName(id)
      } else {
        const place = this.place(target.place) ?? this.places.at(-1)
        place.channels.splice(target.index, 0, held.channel)
        this.commit()
      }
    }
    glide(held)
    this.say(`${held.channel} dropped. ${this.describe(this.whereIs(held.channel))}`)
  }

  describe({ place, index }) {
    if (place === NEW) return "A new group."
    const { name, channels } = this.place(place)
    const count = channels.length + (this.held && this.held.from.place !== place ? 1 : 0)
    return `${name}, position ${index + 1} of ${count}.`
  }

  say(text) {
    this.live.textContent = text
  }

  // ---- Pointer: mouse, pen and touch ----

  pointerdown(event) {
    const chip = event.target.closest(".chip")
    if (!chip || event.button !== 0 || !event.isPrimary) return
    this.cancel()
    chip.focus({ preventScroll: true, focusVisible: false })
    this.press = { chip, id: event.pointerId, x: event.clientX, y: event.clientY }
    this.el.setPointerCapture(event.pointerId)
  }

  pointermove({ pointerId, pointerType, clientX: x, clientY: y }) {
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
    if (this.press?.id !== event.pointerId) return
    this.pointermove(event) // a flick may end without a last move
    if (this.held) this.drop()
    this.press = null
  }

  pointercancel({ pointerId }) {
    if (this.press?.id === pointerId) this.cancel()
    this.press = null
  }

  // Scroll the page while the pointer rests near its edge and the board goes on beyond it.
  scroll(scroller, since = performance.now()) {
    if (!this.press || !this.held) return
    const [page, board] = [scroller, this.el].map((el) => el.getBoundingClientRect())
    const [top, bottom] = [Math.max(page.top, 0), Math.min(page.bottom, innerHeight)]
    const up = board.top < top + HEADER ? top + EDGE - this.press.y : 0
    const down = board.bottom > bottom ? this.press.y - bottom + EDGE : 0
    if (up <= 0 && down <= 0) since = performance.now()
    if (performance.now() - since > 200) {
      scroller.scrollBy(0, Math.min(Math.max(up, down), EDGE) * (up > 0 ? -0.25 : 0.25))
      this.aim(this.targetAt(this.press.x, this.press.y))
    }
    requestAnimationFrame(() => this.scroll(scroller, since))
  }

  click({ target }) {
    const button = target.closest("button")
    if (button === this.gather) this.gatherFound()
    else if (button === this.newTile) this.editName(this.addGroup([]))
    else if (button) this.deleteGroup(button.closest(".card").dataset.group)
  }

  // ---- Keyboard ----

  keydown(event) {
    if (event.target.matches(".name")) return this.nameKey(event)
    if (event.target === this.query) {
      event.stopPropagation() // as in nameKey
      if (event.key === "Escape") this.clearSearch()
      return
    }
    const chip = event.target.closest(".chip")
    if (!chip || event.ctrlKey || event.metaKey || event.altKey || this.press) return
    if (event.key === " " || event.key === "Enter") {
      stop(event)
      if (event.repeat) return
      if (this.held) this.drop()
      else this.lift(chip, "key")
    } else if (this.held && event.key === "Escape") {
      this.escape(event)
    } else if (this.held && event.key in STEPS) {
      stop(event)
      this.step(...STEPS[event.key])
    }
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
      const order = [...this.places.map(({ id }) => id), NEW]
      place = order[order.indexOf(place) + across]
      if (!place) return this.say(across < 0 ? "This is the first group." : "There is no group after this one.")
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

// ---- DOM ----

// A function that makes the element in `html`, which is fixed markup: never put a name into it.
function template(html) {
  const source = document.createElement("template")
  source.innerHTML = html
  return () => source.content.firstElementChild.cloneNode(true)
}

// Make `children` the children of `parent`, moving only what is not in place already.
function arrange(parent, children) {
  for (const child of [...parent.children]) if (!children.includes(child)) child.remove()
  children.forEach((child, i) => parent.children[i] !== child && parent.insertBefore(child, parent.children[i] ?? null))
}

function away(el, x, y) {
  const { left, right, top, bottom } = el.getBoundingClientRect()
  return [Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)]
}

function inColumns(chip) {
  return getComputedStyle(chip.parentElement).gridTemplateColumns.split(" ").length > 1
}

// Let a released channel glide from the pointer to its place.
function glide({ chip, start }) {
  if (!start || !chip.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches) return
  const end = chip.getBoundingClientRect()
  const from = `translate(${start.left - end.left}px, ${start.top - end.top}px)`
  chip.animate({ transform: [from, "none"], zIndex: [2, 2] }, { duration: 160, easing: "ease-out" })
}

function scrollerOf(node) {
  for (let el = node; el; el = el.parentElement ?? el.getRootNode().host) {
    if (/auto|scroll/.test(getComputedStyle(el).overflowY) && el.scrollHeight > el.clientHeight) return el
  }
  return document.scrollingElement
}

function stop(event) {
  event.preventDefault()
  event.stopPropagation()
}
