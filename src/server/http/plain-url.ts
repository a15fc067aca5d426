/**
 * Elysia's router finds the path after a fixed number of characters: with `standardHostname: false` this is right for each
 * host of an `http` URL, and for no `https` URL.
 */
export const plainUrl = (request: Request): Request => {
  const { url } = request
  if (!url.startsWith('https:')) return request
  // A new Request would lose the native body.
  return Object.defineProperty(request, 'url', { value: `http${url.slice('https'.length)}` })
}
