/** A server whose arguments are its port and its upstream. It answers 200 to any GET. */
export const serve = (answer: (request: Request, upstream: string) => Promise<Response>): void => {
  const [port, upstream] = [Number(Bun.argv[2]), String(Bun.argv[3])]
  Bun.serve({
    hostname: '127.0.0.1',
    port,
    idleTimeout: 0,
    fetch: (request) => (request.method === 'GET' ? new Response('ok') : answer(request, upstream)),
  })
}
