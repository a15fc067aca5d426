import { addresses } from './address.ts'

/** The physical limit: hands the bytes through to the upstream, and its answer back, without looking at either. */

const { port, upstream } = addresses()
const url = `${upstream}/model/any/converse`

Bun.serve({
  hostname: '127.0.0.1',
  port,
  idleTimeout: 0,
  async fetch(request) {
    if (request.method === 'GET') return new Response('ok')
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
      body: await request.arrayBuffer(),
      proxy: false,
    } as RequestInit)
  },
})
