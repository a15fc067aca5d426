import { serve } from './serve.ts'

/** The physical limit: hands the bytes through to the upstream, and its answer back, without looking at either. */

serve(async (request, upstream) =>
  fetch(`${upstream}/model/any/converse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
    body: await request.arrayBuffer(),
    proxy: false,
  } as RequestInit),
)
