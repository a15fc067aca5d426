import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { readClaudeSettings, settingsVariables } from '../../../src/cli/claude-code/claude-settings.ts'
import { settingsFiles } from '../../../src/cli/claude-code/settings-files.ts'
import type { Machine } from '../../../src/config/paths.ts'
import { key, secretsIn } from '../../support/canary.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { doctor } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

const machineAt = (folder: string, environment: Machine['environment'] = {}, platform = 'linux'): Machine => ({
  platform,
  home: folder,
  currentDirectory: join(folder, 'project'),
  environment,
})

describe("Claude Code's own settings", () => {
  const launch = {
    set: {
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141',
      ANTHROPIC_AUTH_TOKEN: 'dummy',
      NO_PROXY: '127.0.0.1,localhost',
    },
    unset: ['ANTHROPIC_API_KEY'],
  }
  const overridesAt = (machine: Machine): string[] =>
    readClaudeSettings(machine, launch).overrides.map(({ path, name }) => `${name} ${path}`)

  test('are those that win over the launch command, strongest first, and no others', () => {
    const folder = temporaryFolder()
    const own = writeFile(join(folder, '.claude', 'settings.json'), {
      env: {
        ANTHROPIC_BASE_URL: 'https://elsewhere.example',
        ANTHROPIC_AUTH_TOKEN: 'dummy',
        CLAUDE_CODE_USE_VERTEX: '0',
        CLAUDE_CODE_USE_BEDROCK: '1',
        NO_PROXY: 'localhost, 127.0.0.1, .corp',
        EDITOR: 'vi',
      },
      apiKeyHelper: '/bin/key',
      model: 'opus',
      permissions: {},
    })
    const local = writeFile(join(folder, 'project', '.claude', 'settings.local.json'), {
      env: { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: 'http://localhost:4141/' },
    })
    const project = writeFile(join(folder, 'project', '.claude', 'settings.json'), { env: { NO_PROXY: '.corp' } })
    expect(overridesAt(machineAt(folder))).toEqual([
      `env.ANTHROPIC_API_KEY ${local}`,
      `env.NO_PROXY ${project}`,
      `env.ANTHROPIC_BASE_URL ${own}`,
      `env.CLAUDE_CODE_USE_BEDROCK ${own}`,
      `apiKeyHelper ${own}`,
    ])
  })

  test('are read from the folder in CLAUDE_CONFIG_DIR', () => {
    const folder = temporaryFolder()
    writeFile(join(folder, '.claude', 'settings.json'), { forceLoginMethod: 'console' })
    const other = writeFile(join(folder, 'other', 'settings.json'), { forceLoginMethod: 'console' })
    expect(overridesAt(machineAt(folder, { CLAUDE_CONFIG_DIR: join(folder, 'other') }))).toEqual([
      `forceLoginMethod ${other}`,
    ])
  })

  test.each(['{', '[]', '"x"', 'null'])('%s is a file that Claude Code cannot read either', (text) => {
    const folder = temporaryFolder()
    const path = writeFile(join(folder, '.claude', 'settings.json'), text)
    expect(readClaudeSettings(machineAt(folder), launch)).toEqual({ files: [path], unreadable: [path], overrides: [] })
  })

  test('do not include a value that a variable cannot have', async () => {
    const folder = temporaryFolder()
    const path = writeFile(join(folder, '.claude', 'settings.json'), {
      env: { ANTHROPIC_MODEL: { toString: 1 }, ANTHROPIC_BASE_URL: ['x'], CLAUDE_CODE_USE_BEDROCK: 1 },
    })
    const { of } = await doctor(['--offline'], {}, folder)
    expect(of('claude.settings')).toMatchObject({ status: 'fail', detail: `env.CLAUDE_CODE_USE_BEDROCK in ${path}` })
    expect(settingsVariables(settingsFiles(machineAt(folder)))).toEqual([
      { name: 'CLAUDE_CODE_USE_BEDROCK', value: '1', path, isManaged: false },
    ])
  })

  test('are named by doctor, without their values', async () => {
    const folder = temporaryFolder()
    const path = writeFile(join(folder, '.claude', 'settings.json'), {
      env: { ANTHROPIC_BASE_URL: `https://${key}.example`, ANTHROPIC_AUTH_TOKEN: key },
      apiKeyHelper: `echo ${key}`,
    })
    const { code, of, said } = await doctor(['--offline'], { NEXUS_API_KEY: 'another-key-0123' }, folder)
    expect(code).toBe(1)
    expect(of('claude.settings')).toEqual({
      id: 'claude.settings',
      title: 'Settings files',
      status: 'fail',
      detail: [
        `env.ANTHROPIC_BASE_URL in ${path}`,
        `env.ANTHROPIC_AUTH_TOKEN in ${path}`,
        `apiKeyHelper in ${path}`,
      ].join('\n'),
      remedy:
        'These settings win over the launch command. Remove them from the file, or start Claude Code with nexus-claude-api claude, which overrides them.',
      data: {
        files: path,
        overrides: `env.ANTHROPIC_BASE_URL in ${path}, env.ANTHROPIC_AUTH_TOKEN in ${path}, apiKeyHelper in ${path}`,
      },
    })
    expect(secretsIn(said)).toEqual([])
  })
})
