import { serve } from '@hono/node-server'
import { createFetch, optionsFromEnvironment } from 'nexus-claude-api/fetch'

/** Start it with `node server.js`. */

const start = () => {
  const options = optionsFromEnvironment(process.env)
  const answer = createFetch(options)
  serve(
    {
      hostname: options.host ?? '127.0.0.1',
      port: options.port ?? 4141,
      // Keeps the Request and Response of Node.
      overrideGlobalObjects: false,
      fetch: (request, { incoming }) => answer(request, () => incoming.socket.remoteAddress),
    },
    ({ address, port }) => console.log(`Listening on http://${address}:${port}/`),
  )
}

try {
  start()
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
}
