import { expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { V1ConfigMap, V1Deployment, V1Secret, V1Service } from '@kubernetes/client-node'
import { startSimulator } from '../../src/simulator/server.ts'
import { request } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { startCli, temporaryFolder } from '../support/cli.ts'
import { manifestFiles } from '../support/kubernetes.ts'
import { describeWithRedis, startRedis } from '../support/redis.ts'

/** Runs the program as the Deployment does: its arguments, variables and files, on this machine only. */

const read = <Kind>(path: string): Kind => manifestFiles.get(path)?.[0] as Kind
const secret = read<V1Secret>('secret.example.yaml')
const containerOf = (path: string) => read<V1Deployment>(path).spec?.template.spec?.containers[0]
const container = containerOf('deployment.yaml')

const secretsPath = '/run/secrets/nexus-claude-api'
const configPath = '/etc/nexus-claude-api'
const ownerOnly = 0o600

/** What the kubelet mounts. Paths in values are paths below the folder. */
const mount = (folder: string) => {
  const inFolder = (text: string): string =>
    text.replaceAll(secretsPath, join(folder, secretsPath)).replaceAll(configPath, join(folder, configPath))
  const write = (path: string, files: Readonly<Record<string, string>> = {}): void => {
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, inFolder(text), { mode: ownerOnly })
    }
  }
  write(configPath, read<V1ConfigMap>('configmap.yaml').data)
  write(secretsPath, secret.stringData)
  return { inFolder }
}

/** `stateUrl` replaces the address in the secret; with it, the component redis is on. */
const start = async (stateUrl?: string) => {
  const { url: upstream, stop } = startSimulator()
  afterTest(stop)
  const folder = temporaryFolder()
  const { inFolder } = mount(folder)
  if (stateUrl !== undefined) writeFileSync(join(folder, secretsPath, 'state-url'), stateUrl)
  const env = [container, stateUrl === undefined ? undefined : containerOf('redis/state.yaml')].flatMap(
    (part) => part?.env ?? [],
  )
  const program = startCli(container?.args ?? [], {
    ...Object.fromEntries(env.map(({ name, value = '' }) => [name, inFolder(value)])),
    NEXUS_HOST: '127.0.0.1',
    NEXUS_PORT: '0',
    NEXUS_ENDPOINT_URL: upstream,
  })
  const [, url = ''] = await program.says(/"program\.listening","address":"(http:[^"]+)"/)
  const post = () =>
    fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': secret.stringData?.['client-token'] ?? '' },
      body: JSON.stringify(request()),
    })
  return { program, url, post }
}

test('the Deployment starts the program, which answers its probes and its scraper, and drains (OP-K5, OP-K6)', async () => {
  const { program, url, post } = await start()
  for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe])
    expect((await fetch(url + probe?.httpGet?.path)).status).toBe(200)
  expect((await post()).status).toBe(200)
  const { spec } = read<{ spec: { endpoints: [{ path: string }] } }>('service-monitor/service-monitor.yaml')
  const scrape = (headers: Record<string, string>) => fetch(url + spec.endpoints[0].path, { headers })
  expect((await scrape({})).status).toBe(401)
  const metrics = await scrape({ authorization: `Bearer ${secret.stringData?.['client-token']}` })
  expect(await metrics.text()).toMatch(/^nexus_claude_api_active_requests 0$/m)

  // The kubelet's signal: no new traffic, but requests that are on their way get answers.
  program.kill('SIGTERM')
  await program.says(/Stopping: accepting requests for another 10 s/)
  const ready = await fetch(url + container?.readinessProbe?.httpGet?.path)
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }])
  expect((await post()).status).toBe(200)
  program.kill('SIGTERM')
  const { err } = await program.ended
  expect(err).not.toContain('"level":"warn"')
}, 60_000)

describeWithRedis('the component redis', () => {
  test('lets two pods share a rate, with the configuration and the password of the secret (OP-K5, OP-R1)', async () => {
    const file = join(temporaryFolder(), 'redis.conf')
    writeFileSync(file, secret.stringData?.['redis.conf'] ?? '')
    const { password, port, hostname } = new URL(secret.stringData?.['state-url'] ?? '')
    const redis = await startRedis({ options: ['--include', file], login: `:${password}` })
    const service = manifestFiles.get('redis/redis.yaml')?.[1] as V1Service
    expect([hostname, Number(port)]).toEqual([service.metadata?.name ?? '', service.spec?.ports?.[0]?.port ?? 0])

    const [one, other] = await Promise.all([start(redis.url), start(redis.url)])
    const answers = await Promise.all(Array.from({ length: 100 }, one.post))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    // Alone, it would still show 300 after 60 requests. On a busy machine, Redis can be too late for one of them.
    let remaining = 300
    for (let tries = 0; tries < 50 && remaining === 300; tries += 1)
      remaining = Number((await other.post()).headers.get('x-ratelimit-remaining'))
    expect(remaining).toBeLessThan(300)
    for (const { program } of [one, other]) program.kill('SIGKILL')
  }, 60_000)
})
