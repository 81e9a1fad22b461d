// The ten colours of a group, opened from the dot on its card.

const COLORS = template(`<div class="colors" role="group" hidden></div>`)
const COLOR = template(`<button type="button" class="color"></button>`)

class ColorMenu {
  // `chosen` is called with a group's id and the number of a colour.
  constructor(chosen) {
    this.chosen = chosen
    this.el = COLORS()
    this.el.addEventListener("keydown", (event) => this.keydown(event))
    this.el.addEventListener("focusout", ({ relatedTarget }) => this.el.contains(relatedTarget) || this.close())
  }

  get isOpen() {
    return !this.el.hidden
  }

  // Show the colours below the dot; a colour that other groups have says so.
  open(card, group, groups, palette, names) {
    this.dot = card.querySelector(".dot")
    const buttons = palette.map((css, color) => {
      const button = COLOR()
      const others = groups.filter((other) => other.color === color && other.id !== group.id).map(({ name }) => name)
      const label = others.length ? `${names[color]}, also ${others.join(", ")}` : names[color]
      button.style.setProperty("--swatch", css)
      button.setAttribute("aria-label", label)
      button.setAttribute("aria-pressed", color === group.color)
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

  close(back = false) {
    if (!this.isOpen) return
    this.el.hidden = true
    this.dot.setAttribute("aria-expanded", "false")
    if (back) this.dot.focus()
  }

  keydown(event) {
    const buttons = [...this.el.children]
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -5, ArrowDown: 5 }[event.key]
    if (event.key !== "Escape" && !move) return
    stop(event)
    if (!move) return this.close(true)
    buttons[buttons.indexOf(event.target) + move]?.focus()
  }
}
