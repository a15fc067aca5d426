import { serve } from './serve.ts'

/** The physical limit: forwards the bytes of requests and responses without reading them. */

serve(async (request, upstream) =>
  fetch(`${upstream}/model/any/converse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
    body: await request.arrayBuffer(),
    proxy: false,
  } as RequestInit),
)
