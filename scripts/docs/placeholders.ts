const marked = /(<!-- generated: ([^>]+) -->\n)[\s\S]*?(\n<!-- \/generated -->)/g

/** Replaces the content of a page's marked places. Throws if the page lacks a place, or has one without content. */
export const fillPlaceholders = (path: string, page: string, places: ReadonlyMap<string, string>): string => {
  const found = [...page.matchAll(marked)].map(([, , place]) => place)
  if (found.join() !== [...places.keys()].join())
    throw new Error(`${path} has places for ${found.join(', ')}, but needs places for ${[...places.keys()].join(', ')}`)
  return page.replace(
    marked,
    (_, begin: string, place: string, end: string) => `${begin}\n${places.get(place)}\n${end}`,
  )
}
