// Linked sliders: one row a channel, together always 100.0 %. No dependency.
//
// Python owns the truth. Every change here counts `seq` up and sends the whole split; Python answers
// with `ack`, the last seq it has seen. Values with `ack < seq` are older than the hand and skipped,
// and no value is patched while a thumb is held; notes are always taken. While the hand moves, one
// split is on its way at a time: a burst would make Streamlit start and stop runs for seconds. What
// the hand let go of is sent at once. Names only travel through textContent.

const GAP = 120 // ms between two sends of one drag
const SILENCE = 2000 // ms without an answer, after which the next one is sent anyway
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 } // tenths of a percent in a number field

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

const all = new WeakMap() // one per parentElement; Streamlit calls again on every change of data or theme

export default function ({ data, parentElement, setStateValue }) {
  const sliders = all.get(parentElement) ?? new Sliders(parentElement)
  all.set(parentElement, sliders)
  const run = (sliders.run = (sliders.run ?? 0) + 1)
  sliders.receive(data, (split) => setStateValue("split", split))
  return () => {
    if (run !== sliders.run) return // Streamlit also cleans up after a call that a later one overtook
    sliders.remove()
    all.delete(parentElement)
  }
}

// The rule of relink.py, on the same whole tenths of a percent; tests/split_vectors.json holds both to it.
export function relink(start, index, value, locked, bounds) {
  const moved = [...start]
  const free = [...start.keys()].filter((row) => row !== index && !locked.includes(row))
  if (locked.includes(index) || !free.length) return moved
  const [least, most] = reach(start, index, locked, bounds)
  moved[index] = Math.min(Math.max(value, least), most)
  const rest = start[index] + total(free.map((row) => start[row])) - moved[index]
  const ends = endsOf(start, bounds)
  const parts = apportionInside(rest, free.map((row) => start[row]), free.map((row) => ends[row]))
  free.forEach((row, i) => (moved[row] = parts[i]))
  return moved
}

// The smallest and largest value that a row can be moved to; locks, bounds and the other rows leave no more.
function reach(start, index, locked, bounds) {
  const free = [...start.keys()].filter((row) => row !== index && !locked.includes(row))
  if (locked.includes(index) || !free.length) return [start[index], start[index]]
  const ends = endsOf(start, bounds)
  const room = start[index] + total(free.map((row) => start[row]))
  return [
    Math.max(ends[index][0], room - total(free.map((row) => ends[row][1]))),
    Math.min(ends[index][1], room - total(free.map((row) => ends[row][0]))),
  ]
}

// A share that began beyond a bound may stay there, but goes no further.
function endsOf(start, bounds) {
  return start.map((at, row) => [Math.min(bounds?.[row][0] ?? 0, at), Math.max(bounds?.[row][1] ?? 1000, at)])
}

function apportionInside(whole, weights, ends) {
  const parts = weights.map(() => 0)
  let free = [...weights.keys()]
  while (free.length) {
    const found = apportion(whole, free.map((row) => weights[row]))
    const held = found.map((part, i) => Math.min(Math.max(part, ends[free[i]][0]), ends[free[i]][1]))
    const over = total(held) - whole
    const stuck = free.filter((_, i) => (held[i] - found[i]) * (over || held[i] - found[i]) > 0)
    free.forEach((row, i) => (parts[row] = stuck.includes(row) ? held[i] : found[i]))
    if (!stuck.length) return parts
    whole -= total(stuck.map((row) => parts[row]))
    free = free.filter((row) => !stuck.includes(row))
  }
  return parts
}

function apportion(whole, weights) {
  if (!total(weights)) weights = weights.map(() => 1)
  const divisor = total(weights)
  const rest = weights.map((weight) => (whole * weight) % divisor)
  const parts = weights.map((weight, i) => (whole * weight - rest[i]) / divisor)
  const largestFirst = [...weights.keys()].sort((a, b) => rest[b] - rest[a])
  for (const i of largestFirst.slice(0, whole - total(parts))) parts[i] += 1
  return parts
}

class Sliders {
  constructor(root) {
    this.root = root
    this.rows = []
    this.names = []
    this.sentAt = 0
    this.el = SKELETON()
    for (const type of ["pointerdown", "input", "click", "keydown", "focusout"]) {
      this.el.addEventListener(type, (event) => this[type](event))
    }
    this.release = this.release.bind(this)
    this.leaving = new Leaving(() => this.acked >= this.seq)
    root.append(this.el)
  }

  remove() {
    clearTimeout(this.timer)
    this.leaving.remove()
    this.listen(false)
    this.el.remove()
  }

  // ---- Python to browser ----

  receive(data, send) {
    this.send = send
    const fresh = data.session !== this.session // a new server session counts from its own ack
    const otherRows = !same(data.names, this.names)
    if (fresh) this.sent = this.seq = data.ack
    this.session = data.session
    this.acked = data.ack
    if (fresh || otherRows) {
      this.grip(null)
      this.build(data.names)
    }
    this.el.style.setProperty("--group", data.color)
    this.rows.forEach(({ el, segment }, i) => this.paint([el, segment], data.colors[i]))
    this.bounds = data.bounds
    this.partner = data.partner
    this.decimal = data.decimal
    this.heldBy = data.heldBy
    this.note(data.notes)
    if (this.tenths && !otherRows) this.show()
    if (otherRows || data.ack >= this.seq) {
      if (this.held) this.waiting = data
      else this.adopt(data)
    }
    this.soon()
    this.leaving.answered()
  }

  adopt(data) {
    this.sent = this.seq = Math.max(this.seq, data.ack)
    const known = this.tenths && same(data.tenths, this.tenths) && same(data.locked, this.locked)
    if (!known) this.anchor = null
    this.tenths = [...data.tenths]
    this.locked = [...data.locked]
    this.show()
  }

  build(names) {
    this.names = [...names]
    this.anchor = this.tenths = this.typing = null
    this.sent = this.seq // what was not sent yet was about other rows
    this.noteWidth = 0
    this.rows = names.map((name, index) => this.row(name, index))
    this.el.querySelector(".rows").replaceChildren(...this.rows.map((row) => row.el))
    this.el.querySelector(".bar").replaceChildren(...this.rows.map((row) => row.segment))
  }

  row(name, index) {
    const el = ROW()
    const row = { name, el, segment: SEGMENT() }
    for (const part of ["range", "number", "lock", "note"]) row[part] = el.querySelector(`.${part}`)
    el.dataset.row = index
    el.setAttribute("aria-label", name)
    el.querySelector(".label").textContent = el.querySelector(".name").title = name
    row.range.setAttribute("aria-label", `Share of ${name}`)
    row.number.setAttribute("aria-label", `Percent for ${name}`)
    row.lock.setAttribute("aria-label", `Lock ${name}`)
    const shade = `${100 - (55 * index) / Math.max(this.names.length - 1, 1)}%`
    for (const shaded of [el, row.segment]) shaded.style.setProperty("--mix", shade)
    return row
  }

  paint(parts, color) {
    for (const { style } of color ? parts : []) {
      style.setProperty("--group", color)
      style.setProperty("--mix", "100%")
    }
  }

  note(notes) {
    this.rows.forEach(({ note }, i) => (note.textContent = note.title = notes[i]))
    this.widen()
  }

  // The note column only grows, and never while a thumb is held: the track must not slip away below the hand.
  widen() {
    if (this.held) return
    this.noteWidth = Math.max(this.noteWidth, ...this.rows.map(({ note }) => note.textContent.length))
    this.el.style.setProperty("--note", `${Math.min(this.noteWidth, 40) * 0.85}ch`)
  }

  show() {
    this.rows.forEach(({ name, el, range, number, lock, segment }, row) => {
      const tenths = this.tenths[row]
      const locked = this.locked.includes(row)
      const text = percent(tenths).replace(".", this.decimal)
      if (range.value !== String(tenths)) range.value = tenths
      range.setAttribute("aria-valuetext", `${text} %`)
      if (this.typing !== row) number.value = text
      number.setAttribute("aria-valuenow", percent(tenths))
      const [least, most] = reach(this.tenths, row, this.stayers(row), this.bounds)
      number.setAttribute("aria-valuemin", percent(least))
      number.setAttribute("aria-valuemax", percent(most))
      number.setAttribute("aria-valuetext", `${text} %`)
      range.disabled = number.disabled = least === most
      const stuck = range.disabled && this.rows.length > 1 ? "No other channel can take or give" : ""
      range.title = locked ? `${name} is locked` : stuck || this.heldBy[row]
      lock.setAttribute("aria-pressed", locked)
      lock.title = locked ? `Unlock ${name}` : `Keep ${name} at ${text} %`
      el.style.setProperty("--share", tenths / 1000)
      const [lowest, highest] = this.bounds[row]
      el.toggleAttribute("data-lowest", lowest > 0)
      el.toggleAttribute("data-highest", highest < 1000)
      el.style.setProperty("--lowest", lowest / 1000)
      el.style.setProperty("--highest", highest / 1000)
      el.style.setProperty("--limit", most / 1000)
      segment.style.flexGrow = tenths
      segment.hidden = !tenths
      segment.title = `${name} ${text} %`
    })
  }

  // ---- Browser to Python ----

  // The others follow in proportion to where they stood when this row was taken up.
  move(row, tenths) {
    if (this.anchor?.row !== row) this.anchor = { row, start: this.tenths }
    const moved = relink(this.anchor.start, row, tenths, this.stayers(row), this.bounds)
    const news = !same(moved, this.tenths)
    this.tenths = moved
    this.show() // also without news: a thumb pulled beyond its room goes back
    if (!news) return
    this.seq += 1
    if (!this.timer) this.soon()
  }

  // Rows that stay when `row` moves: the locked ones, and with a chosen partner all but that one.
  stayers(row) {
    if (this.partner === null || this.partner === row) return this.locked
    return [...this.names.keys()].filter((other) => this.locked.includes(other) || ![row, this.partner].includes(other))
  }

  toggle(row) {
    this.anchor = null
    this.locked = this.locked.includes(row) ? this.locked.filter((other) => other !== row) : [...this.locked, row].sort(up)
    this.seq += 1
    this.show()
    this.flush()
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = null
    if (this.seq <= this.sent) return
    const pause = this.acked < this.sent ? SILENCE : GAP
    this.timer = setTimeout(() => this.flush(), Math.max(0, this.sentAt + pause - performance.now()))
  }

  flush() {
    clearTimeout(this.timer)
    this.timer = null
    if (this.seq <= this.sent) return
    this.sent = this.seq
    this.sentAt = performance.now()
    this.send({ seq: this.seq, names: this.names, tenths: [...this.tenths], locked: [...this.locked] })
  }

  // ---- A thumb in the hand ----

  pointerdown({ target, button }) {
    if (button !== 0) return
    if (target.matches(".number")) this.entered = target !== this.root.activeElement
    if (!target.matches(".range") || target.disabled) return
    this.anchor = null
    this.grip(rowOf(target))
  }

  grip(row) {
    this.held = row === null ? null : { row }
    this.waiting = null
    this.el.toggleAttribute("data-held", row !== null)
    this.listen(row !== null)
  }

  listen(on) {
    for (const type of ["pointerup", "pointercancel", "blur"]) {
      if (on) window.addEventListener(type, this.release, true)
      else window.removeEventListener(type, this.release, true)
    }
  }

  release({ type, target }) {
    if (type === "blur" && target !== window) return // focus moved inside the page
    const { waiting } = this
    this.grip(null)
    this.flush()
    if (waiting && waiting.ack >= this.seq) this.adopt(waiting)
    this.widen()
  }

  input({ target }) {
    if (target.matches(".range")) this.move(rowOf(target), Number(target.value))
    else this.typing = rowOf(target)
  }

  click({ target }) {
    const lock = target.closest(".lock")
    if (lock) this.toggle(rowOf(lock))
    if (this.entered && target.matches(".number")) target.select()
    this.entered = false
  }

  // ---- Keyboard ----

  keydown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    event.stopPropagation() // Streamlit's own shortcuts (r, c) must not see what is typed
    const { target, key } = event
    if (!target.matches(".number")) return
    const row = rowOf(target)
    if (key in STEPS) {
      event.preventDefault()
      this.commit()
      this.move(row, this.tenths[row] + STEPS[key] * (event.shiftKey ? 10 : 1))
    } else if (key === "Enter" || key === "Escape") {
      if (key === "Escape") this.typing = null
      this.commit()
      this.show()
      target.select()
    }
  }

  focusout({ target, relatedTarget }) {
    this.commit()
    this.flush() // before the click that took the focus away reaches Python
    if (!relatedTarget || rowOf(relatedTarget) !== rowOf(target)) this.anchor = null
  }

  // Take what was typed; what is not a number is replaced by the value that stands.
  commit() {
    const row = this.typing
    this.typing = null
    if (row == null || !this.rows[row]) return
    const tenths = parse(this.rows[row].number.value)
    if (tenths === null) return this.show()
    this.move(row, tenths)
    this.flush()
  }
}

// A function that makes the element in `html`, which is fixed markup: never put a name into it.
function template(html) {
  const source = document.createElement("template")
  source.innerHTML = html
  return () => source.content.firstElementChild.cloneNode(true)
}

function parse(text) {
  const plain = text.replace(/[\s%]/g, "").replace(",", ".")
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Math.round(Number(plain) * 10) : null
}

function percent(tenths) {
  return (tenths / 10).toFixed(1)
}

function rowOf(el) {
  const row = el.closest(".row")
  return row ? Number(row.dataset.row) : null
}

function total(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0)
}

function same(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

function up(a, b) {
  return a - b
}
