import { createFetch, optionsFromEnvironment } from 'nexus-claude-api/fetch'

/** Start it with `bun server.js`. */

const start = () => {
  const options = optionsFromEnvironment(process.env)
  const answer = createFetch(options)
  const server = Bun.serve({
    hostname: options.host ?? '127.0.0.1',
    port: options.port ?? 4141,
    // A stream may be quiet for long: the app sends pings, and has its own limits for time and size.
    idleTimeout: 0,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch: (request, self) => answer(request, () => self.requestIP(request)?.address),
  })
  console.log(`Listening on ${server.url}`)
}

try {
  start()
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
}
