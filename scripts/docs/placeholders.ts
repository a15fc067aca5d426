const marked = /(<!-- generated: ([^>]+) -->\n)[\s\S]*?(\n<!-- \/generated -->)/g

/**
 * A page that is written by hand, with what stands in its marked places made anew. Throws for a place that nothing is
 * made for, and for something that has no place.
 */
export const fillPlaceholders = (path: string, page: string, places: ReadonlyMap<string, string>): string => {
  const found = [...page.matchAll(marked)].map(([, , place]) => place)
  if (found.join() !== [...places.keys()].join())
    throw new Error(`${path} has places for ${found.join(', ')}, not for ${[...places.keys()].join(', ')}`)
  return page.replace(
    marked,
    (_, begin: string, place: string, end: string) => `${begin}\n${places.get(place)}\n${end}`,
  )
}
