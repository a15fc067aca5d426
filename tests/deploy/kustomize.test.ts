import { expect, test } from 'bun:test'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../../scripts/release/project.ts'
import { temporaryFolder } from '../support/cli.ts'
import {
  judgeManifests,
  type Manifest,
  manifestsFolder,
  readDocuments,
  readManifestText,
} from '../support/kubernetes.ts'

/** kubectl joins the files and the components of deploy/kubernetes. It needs no cluster for that. */

const kubectl = Bun.which('kubectl')

const build = (folder: string): Manifest[] => {
  const command = [kubectl ?? '', 'kustomize', folder]
  const { stdout, stderr, exitCode } = Bun.spawnSync(command, { env: { HOME: folder } })
  expect([exitCode, stderr.toString()]).toEqual([0, ''])
  return readDocuments(stdout.toString()) as Manifest[]
}

test.skipIf(kubectl === null)('kubectl builds the manifests, alone and with every component (OP-K5)', () => {
  const alone = build(manifestsFolder)
  expect(JSON.stringify(alone)).not.toMatch(/redis:|ServiceMonitor|active_requests"/)

  const folder = temporaryFolder()
  cpSync(manifestsFolder, folder, { recursive: true })
  const text = readManifestText('kustomization.yaml')
  writeFileSync(join(folder, 'kustomization.yaml'), text.replace(/^# (?=components:| {2}- )/gm, ''))
  const all = build(folder)
  const names = all.map(({ kind, metadata: { name } }) => `${kind} ${name}`)
  expect(new Set(names).size).toBe(names.length)
  expect(judgeManifests(all.filter(({ kind }) => kind !== 'ServiceMonitor')).trim()).toBe('')
  const whole = JSON.stringify(all)
  for (const part of [
    `"image":"registry.example.com/${project.name}:${project.version}"`,
    '"name":"NEXUS_STATE_FILE"',
    '"kind":"ServiceMonitor"',
    '"name":"nexus_claude_api_active_requests"',
  ])
    expect(whole).toContain(part)
})
