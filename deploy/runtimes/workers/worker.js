import { env } from 'cloudflare:workers'
import { createFetch, optionsFromEnvironment } from 'nexus-claude-api/fetch'

/** Deploy it with `npx wrangler deploy`. */

// A Worker may compile its routes only here, while it starts.
const answer = createFetch(optionsFromEnvironment(env))

export default {
  fetch(request, _bindings, context) {
    const response = answer(request, () => request.headers.get('cf-connecting-ip') ?? undefined)
    // Otherwise Workers stop at once when the client disconnects, and the request would keep its place in the limits.
    context.waitUntil(response)
    return response
  },
}
