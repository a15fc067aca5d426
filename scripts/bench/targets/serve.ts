/** A target of ours: a server whose port and upstream are its two arguments. It says that it is well to any GET. */
export const serve = (answer: (request: Request, upstream: string) => Promise<Response>): void => {
  const [port, upstream] = [Number(Bun.argv[2]), String(Bun.argv[3])]
  Bun.serve({
    hostname: '127.0.0.1',
    port,
    idleTimeout: 0,
    fetch: (request) => (request.method === 'GET' ? new Response('ok') : answer(request, upstream)),
  })
}
