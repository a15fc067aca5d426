import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../package.json'
import { catalogue } from '../../src/cli/commands/commands.ts'
import type { Setting } from '../../src/config/settings/setting.ts'
import { settings } from '../../src/config/settings/settings.ts'
import { project } from '../release/project.ts'
import { targets } from '../release/targets.ts'

/** The container's files, against what they speak of. */

const read = (name: string): string => readFileSync(join(import.meta.dir, name), 'utf8')

/** Without comments, and a line for each instruction. */
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
  test('is built with the version of Bun that the project asks for, and no tag is left open', () => {
    const images = instructions
      .filter((line) => line.startsWith('FROM '))
      .map((line) => line.replace(/^FROM (--\S+ )?/, ''))
    expect(images).toEqual([
      `oven/bun:${manifest.engines.bun.replace('>=', '')} AS build`,
      'gcr.io/distroless/cc-debian12:nonroot',
    ])
  })

  test('holds a program that is published', () => {
    const named = [...last('RUN').matchAll(/target=([\w-]+)/g)].map(([, id]) => id)
    expect(named).toEqual(['linux-x64-baseline', 'linux-arm64'])
    for (const id of named)
      expect(targets.find((target) => target.id === id)).toMatchObject({ os: 'linux', libc: 'glibc' })
  })

  test('runs as nobody special, without a shell, and asks itself how it is', () => {
    expect(last('USER')).toBe('65532:65532')
    expect(last('EXPOSE')).toBe(String(port))
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual([program])
    expect(JSON.parse(last('CMD'))).toEqual([catalogue.defaultCommand.name])
    const [, check = ''] = /CMD (\[.*\])$/.exec(last('HEALTHCHECK')) ?? []
    expect(JSON.parse(check)).toEqual([program, 'health'])
    expect(catalogue.commands.map(({ name }) => name)).toContain('health')
  })

  test('no secret is in a layer: neither variables nor arguments of the build hold one', () => {
    expect(instructions.filter((line) => /^(?:ARG|ENV) .*(?:KEY|TOKEN|SECRET|PASSWORD)/i.test(line))).toEqual([])
  })

  test('what is copied is let through, and all else is not', () => {
    const rules = read('Dockerfile.dockerignore').split('\n')
    expect(rules.find((line) => line !== '' && !line.startsWith('#'))).toBe('*')
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1))
    expect(copied.map((name) => `!${name}`).sort()).toEqual(rules.filter((line) => line.startsWith('!')).sort())
  })
})

describe('the compose file', () => {
  test('publishes to this machine alone, behind a token, with nothing that is not needed', () => {
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
