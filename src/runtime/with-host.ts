/** An HTTP/1.0 request may have no host. On Bun, its URL is then only a path, which the router cannot read. */
export const withHost = (request: Request): Request =>
  request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request
