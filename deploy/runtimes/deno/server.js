import { createFetch, optionsFromEnvironment } from 'nexus-claude-api/fetch'

/** Start it with `deno run --allow-net --allow-env server.js`. */

const start = () => {
  const options = optionsFromEnvironment(Deno.env.toObject())
  const answer = createFetch(options)
  Deno.serve(
    {
      hostname: options.host ?? '127.0.0.1',
      port: options.port ?? 4141,
      onListen: ({ hostname, port }) => console.log(`Listening on http://${hostname}:${port}/`),
    },
    (request, { remoteAddr }) => answer(request, () => remoteAddr.hostname),
  )
}

try {
  start()
} catch (error) {
  console.error(String(error))
  Deno.exitCode = 1
}
