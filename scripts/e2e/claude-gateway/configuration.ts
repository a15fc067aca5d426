import { join } from 'node:path'

/** The gateway's configuration, from docs/behind-claude-gateway.md. */

const page = join(import.meta.dir, '..', '..', '..', 'docs', 'behind-claude-gateway.md')

interface Addresses {
  readonly issuer: string
  readonly upstream: string
}

/** Throws unless the text contains `old` exactly once. */
const replaceOnce = (text: string, old: string, replacement: string): string => {
  const [before, after, ...more] = text.split(old)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${page}: expected ${JSON.stringify(old)} once in its YAML`)
  return before + replacement + after
}

/** All YAML blocks of the page, joined, with the addresses of this machine. */
export const readConfiguration = async ({ issuer, upstream }: Addresses): Promise<string> => {
  const blocks = [...(await Bun.file(page).text()).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
  const changes = [
    ['https://login.example.com', issuer],
    ['http://127.0.0.1:4141', upstream],
    // Without a public address, the gateway uses any free port.
    ['  public_url: http://127.0.0.1:8080\n', ''],
    ['port: 8080', 'port: 0'],
    // The database confuses the prepared statements of several connections.
    ['GATEWAY_POSTGRES_URL}\n', 'GATEWAY_POSTGRES_URL}\n  max_connections: 1\n'],
  ] as const
  return changes.reduce(
    (yaml, [old, replacement]) => replaceOnce(yaml, old, replacement),
    blocks.map(([, block = '']) => block).join(''),
  )
}
