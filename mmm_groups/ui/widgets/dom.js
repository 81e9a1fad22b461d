// Small things around elements and events, which know no widget.

/**
 * A function that makes the element in `html`, which is fixed markup: never put a name into it.
 *
 * @param {string} html
 * @returns {() => HTMLElement}
 */
export function template(html) {
  const source = document.createElement("template")
  source.innerHTML = html
  return () => /** @type {HTMLElement} */ (source.content.firstElementChild?.cloneNode(true))
}

/**
 * The first element inside `root` that `selector` names, and of the kind that is asked for.
 *
 * @template {Element} Kind
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
/**
 * @overload
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
/**
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Element} kind
 */
export function part(root, selector, kind = HTMLElement) {
  const found = root.querySelector(selector)
  if (!(found instanceof kind)) throw new Error(`There is no ${kind.name} ${selector}.`)
  return found
}

/**
 * The element that an event comes from.
 *
 * @param {Event} event
 */
export function elementOf(event) {
  return /** @type {HTMLElement} */ (event.target)
}

/** @param {Event} event */
export function stop(event) {
  event.preventDefault()
  event.stopPropagation()
}
