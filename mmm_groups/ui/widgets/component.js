// How Streamlit runs a component: it calls a script's default export again on every change of data or theme.

/**
 * What a component is called with.
 *
 * @template Data, Value
 * @typedef {object} Call
 * @property {Data} data what Python passed, as plain values
 * @property {ShadowRoot} parentElement where to draw
 * @property {(name: string, value: Value) => void} setStateValue sends a state to Python, which then runs the page
 */

/**
 * What is drawn into one `parentElement`.
 *
 * @template Data, Value
 * @typedef {object} Widget
 * @property {(data: Data, send: (value: Value) => void) => void} receive takes what Python says now
 * @property {() => void} remove
 */

/**
 * The default export of a widget that sends one state, `name`: one widget for each `parentElement`.
 *
 * @template Data, Value
 * @param {string} name
 * @param {(root: ShadowRoot) => Widget<Data, Value>} make
 * @returns {(call: Call<Data, Value>) => () => void}
 */
export function component(name, make) {
  /** @type {WeakMap<ShadowRoot, {widget: Widget<Data, Value>, calls: number}>} */
  const drawn = new WeakMap()
  return ({ data, parentElement, setStateValue }) => {
    const mine = drawn.get(parentElement) ?? { widget: make(parentElement), calls: 0 }
    drawn.set(parentElement, mine)
    mine.calls += 1
    const call = mine.calls
    mine.widget.receive(data, (value) => setStateValue(name, value))
    return () => {
      if (call !== mine.calls) return // Streamlit also cleans up after a call that a later one overtook
      mine.widget.remove()
      drawn.delete(parentElement)
    }
  }
}
