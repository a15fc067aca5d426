/** The color scheme: the system's, or the one that the user chooses. */

const storageKey = 'scheme'

/** Browsers may forbid the storage. */
const stored = (): string => {
  try {
    return localStorage.getItem(storageKey) ?? ''
  } catch {
    return ''
  }
}

const store = (scheme: string): void => {
  try {
    localStorage.setItem(storageKey, scheme)
  } catch {
    // Then the choice lasts until the page closes.
  }
}

/** Calls `onChange` when the colors have changed. */
export const followScheme = (select: HTMLSelectElement, onChange: () => void): void => {
  const apply = (scheme: string): void => {
    document.documentElement.dataset['scheme'] = scheme
    select.value = scheme
  }
  apply(stored())
  select.addEventListener('change', () => {
    store(select.value)
    apply(select.value)
    onChange()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange)
}
