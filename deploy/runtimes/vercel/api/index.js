import { createFetch, optionsFromEnvironment } from 'nexus-claude-api/fetch'

/** Not tried: no test runs it, and nothing is promised. */

const answer = createFetch(optionsFromEnvironment(process.env))

export default {
  fetch: (request) => answer(request, () => request.headers.get('x-real-ip') ?? undefined),
}
