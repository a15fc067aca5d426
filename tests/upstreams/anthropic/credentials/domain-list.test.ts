import { describe, expect, test } from 'bun:test'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { listDomainFiles } from '../../../../src/upstreams/anthropic/credentials/domain-list.ts'
import { temporaryFolder } from '../../../support/cli.ts'
import { writeFile } from '../../../support/files.ts'

describe('the list of the files of credentials', () => {
  test('has each file with its domain, its mode and its problem, without a value (AU-K13)', async () => {
    const folder = temporaryFolder()
    const write = (name: string, value: unknown): string => writeFile(join(folder, name), value)
    chmodSync(write('team:4141.credentials.json', { type: 'api_key', api_key: 'canary' }), 0o600)
    chmodSync(write('Team.credentials.json', { type: 'api_key', api_key: 'canary' }), 0o644)
    write('bad.credentials.json', { type: 'api_key', api_key: ['canary'] })
    write('notes.json', 'canary')
    const { files, problem } = await listDomainFiles(folder)
    expect(problem).toBeUndefined()
    expect(files).toMatchObject([
      {
        fileName: 'Team.credentials.json',
        domain: undefined,
        mode: 0o644,
        problem: 'no request has this name: a file is named after the host in lower case, with its port or without',
      },
      { fileName: 'bad.credentials.json', domain: 'bad', file: undefined, problem: 'api_key is not a string' },
      { fileName: 'team:4141.credentials.json', domain: 'team:4141', mode: 0o600, problem: undefined },
    ])
    expect(JSON.stringify(files)).not.toContain('canary')
  })

  test('says why the folder cannot be read', async () => {
    const folder = temporaryFolder()
    expect(await listDomainFiles(join(folder, 'none'))).toEqual({ files: [], problem: 'it does not exist' })
    const file = writeFile(join(folder, 'file'), '')
    expect(await listDomainFiles(file)).toEqual({ files: [], problem: 'it cannot be read (ENOTDIR)' })
  })
})
