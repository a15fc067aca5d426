import { find } from './dom.ts'
import { type Breakdown, isoDay, type RangeName, readView, type View, writeView } from './range.ts'

/** The choices of the user, in the controls and in the page's URL. */

const weekMs = 604_800_000

const radios = (name: string): HTMLInputElement[] => [
  ...document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`),
]
const chosen = (name: string): string => radios(name).find(({ checked }) => checked)?.value ?? ''
const choose = (name: string, value: string): void => {
  for (const radio of radios(name)) radio.checked = radio.value === value
}

/** Calls `onView` at once, and after each choice. */
export const followView = (onView: (view: View) => void): void => {
  const first = find('own-first', HTMLInputElement)
  const last = find('own-last', HTMLInputElement)
  const own = find('own', HTMLFieldSetElement)

  const showOwn = (): void => {
    own.hidden = chosen('range') !== 'own'
  }
  const read = (): View => ({
    range: { name: chosen('range') as RangeName, first: first.value, last: last.value },
    by: chosen('by') as Breakdown,
  })
  const apply = ({ range, by }: View): void => {
    choose('range', range.name)
    choose('by', by)
    first.value = range.first ?? isoDay(Date.now() - weekMs)
    last.value = range.last ?? isoDay(Date.now())
    showOwn()
  }

  const start = readView(location.hash)
  apply(start)
  onView(read())
  for (const input of [...radios('range'), ...radios('by'), first, last]) {
    input.addEventListener('change', () => {
      showOwn()
      const view = read()
      history.replaceState(null, '', writeView(view))
      onView(view)
    })
  }
  addEventListener('hashchange', () => {
    apply(readView(location.hash))
    onView(read())
  })
  for (const id of ['range', 'breakdown-by'])
    find(id, HTMLFormElement).addEventListener('submit', (event) => event.preventDefault())
}
