import { describe, expect, test } from 'bun:test'
import { cli } from '../../../support/cli.ts'
import { homeWithConfig, readJson } from '../../../support/files.ts'

describe('config unset', () => {
  test('removes a setting, and prints the value that applies now', async () => {
    const { folder, path } = homeWithConfig({ port: 5005, logging: { level: 'warn' }, mine: 1 })
    expect((await cli(['config', 'unset', 'port'], {}, folder)).err).toBe(
      `port is no longer set in ${path}.\nThe value is now 4141 (default).\n`,
    )
    expect((await cli(['config', 'unset', 'logging.level'], { NEXUS_LOG_LEVEL: 'error' }, folder)).err).toEndWith(
      'The value is now error (NEXUS_LOG_LEVEL).\n',
    )
    expect(readJson(path)).toEqual({ mine: 1 })
    expect((await cli(['config', 'unset', 'logging.file'], {}, folder)).err).toBe(
      `logging.file is not set in ${path}.\nNo other source sets it.\n`,
    )
  })
})
