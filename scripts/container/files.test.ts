import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../package.json'
import { catalogue } from '../../src/cli/commands/commands.ts'
import type { Setting } from '../../src/config/settings/setting.ts'
import { settings } from '../../src/config/settings/settings.ts'
import { project } from '../release/project.ts'
import { targets } from '../release/targets.ts'

/** Compares the container's files with the project. */

const read = (name: string): string => readFileSync(join(import.meta.dir, name), 'utf8')

/** One line for each instruction, without comments. */
const instructions = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')

const last = (name: string): string =>
  instructions
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1))
    .at(-1) ?? ''

const port = (settings as readonly Setting[]).find(({ key }) => key === 'port')?.default
const program = `/usr/local/bin/${project.name}`

describe('the image', () => {
  test("is built with the project's version of Bun, and pins every image", () => {
    const images = instructions
      .filter((line) => line.startsWith('FROM '))
      .map((line) => line.replace(/^FROM (--\S+ )?/, ''))
    expect(images).toEqual([
      `oven/bun:${manifest.engines.bun.replace('>=', '')} AS build`,
      'gcr.io/distroless/cc-debian12:nonroot',
    ])
  })

  test('contains a published program', () => {
    const named = [...last('RUN').matchAll(/target=([\w-]+)/g)].map(([, id]) => id)
    expect(named).toEqual(['linux-x64-baseline', 'linux-arm64'])
    for (const id of named)
      expect(targets.find((target) => target.id === id)).toMatchObject({ os: 'linux', libc: 'glibc' })
  })

  test('runs as an unprivileged user, without a shell, and has a health check', () => {
    expect(last('USER')).toBe('65532:65532')
    expect(last('EXPOSE')).toBe(String(port))
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual([program])
    expect(JSON.parse(last('CMD'))).toEqual([catalogue.defaultCommand.name])
    const [, check = ''] = /CMD (\[.*\])$/.exec(last('HEALTHCHECK')) ?? []
    expect(JSON.parse(check)).toEqual([program, 'health'])
    expect(catalogue.commands.map(({ name }) => name)).toContain('health')
  })

  test('no layer has a secret: no variable and no build argument contains one', () => {
    expect(instructions.filter((line) => /^(?:ARG|ENV) .*(?:KEY|TOKEN|SECRET|PASSWORD)/i.test(line))).toEqual([])
  })

  test('the ignore file admits exactly the copied files', () => {
    const rules = read('Dockerfile.dockerignore').split('\n')
    expect(rules.find((line) => line !== '' && !line.startsWith('#'))).toBe('*')
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1))
    expect(copied.map((name) => `!${name}`).sort()).toEqual(rules.filter((line) => line.startsWith('!')).sort())
  })
})

describe('the compose file', () => {
  test('publishes its port to this machine only, requires a token, and has minimal rights', () => {
    const compose: unknown = Bun.YAML.parse(read('compose.yaml'))
    expect(compose).toEqual({
      name: project.name,
      services: {
        [project.name]: {
          image: project.name,
          build: { context: '../..', dockerfile: 'scripts/container/Dockerfile' },
          ports: [`127.0.0.1:${port}:${port}`],
          environment: {
            NEXUS_API_KEY: expect.stringMatching(/^\$\{NEXUS_API_KEY:\?/),
            NEXUS_CLIENT_TOKEN: expect.stringMatching(/^\$\{NEXUS_CLIENT_TOKEN:\?/),
            NEXUS_ENDPOINT_URL: null,
            HTTPS_PROXY: null,
            NO_PROXY: null,
          },
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          restart: 'unless-stopped',
          stop_grace_period: '35s',
        },
      },
    })
  })
})
