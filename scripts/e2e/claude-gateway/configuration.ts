import { join } from 'node:path'

/** The gateway's configuration, as docs/behind-claude-gateway.md gives it to its readers. */

const page = join(import.meta.dir, '..', '..', '..', 'docs', 'behind-claude-gateway.md')

interface Addresses {
  readonly issuer: string
  readonly upstream: string
}

/** Throws where the page has lost what this looks for. */
const replaceOnce = (text: string, old: string, replacement: string): string => {
  const [before, after, ...more] = text.split(old)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${page}: expected ${JSON.stringify(old)} once in its YAML`)
  return before + replacement + after
}

/** All YAML of the page, one block after another, changed to what there is on this machine. */
export const readConfiguration = async ({ issuer, upstream }: Addresses): Promise<string> => {
  const blocks = [...(await Bun.file(page).text()).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
  const changes = [
    ['https://login.example.com', issuer],
    ['http://127.0.0.1:4141', upstream],
    // Without a public address the gateway takes any free port.
    ['  public_url: http://127.0.0.1:8080\n', ''],
    ['port: 8080', 'port: 0'],
    // The database mixes up the prepared statements of several connections.
    ['GATEWAY_POSTGRES_URL}\n', 'GATEWAY_POSTGRES_URL}\n  max_connections: 1\n'],
  ] as const
  return changes.reduce(
    (yaml, [old, replacement]) => replaceOnce(yaml, old, replacement),
    blocks.map(([, block = '']) => block).join(''),
  )
}
