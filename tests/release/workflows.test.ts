import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { debTargets } from '../../scripts/release/deb.ts'
import { targets } from '../../scripts/release/targets.ts'

/** Rules for the workflows that GitHub runs with our rights. */

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Record<string, unknown>
}

interface Job {
  readonly 'timeout-minutes'?: number
  readonly environment?: string
  readonly permissions?: Record<string, string>
  readonly strategy?: { readonly matrix?: { readonly include?: readonly Record<string, string>[] } }
  readonly needs?: string | readonly string[]
  readonly steps: readonly Step[]
}

interface Workflow {
  readonly on: Record<string, unknown>
  readonly permissions?: Record<string, string>
  readonly concurrency?: unknown
  readonly jobs: Record<string, Job>
}

const folder = join(import.meta.dir, '..', '..', '.github', 'workflows')
const files = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  return { name, text, workflow: Bun.YAML.parse(text) as Workflow }
})

const workflowNamed = (wanted: string): Workflow => {
  const found = files.find(({ name }) => name === wanted)
  if (found === undefined) throw new Error(`no workflow ${wanted}`)
  return found.workflow
}

const release = workflowNamed('release.yml')
const jobOf = (name: string): Job => {
  const job = release.jobs[name]
  if (job === undefined) throw new Error(`no job ${name}`)
  return job
}

describe.each(files)('$name', ({ text, workflow }) => {
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([, job]) => job.steps)

  test('an action is pinned to a commit, with its version in a comment', () => {
    const used = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    expect(used.length).toBeGreaterThan(0)
    for (const line of used) expect(line).toMatch(/uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('the default permission is to read; a job that writes declares it', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
  })

  test('no event of other users runs it with our rights', () => {
    const ours = ['push', 'pull_request', 'schedule', 'workflow_dispatch']
    expect(Object.keys(workflow.on).filter((event) => !ours.includes(event))).toEqual([])
  })

  test('no script contains an expression: it could run text that another user wrote', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{')
  })

  test('each job has a timeout, and concurrent runs wait or are cancelled', () => {
    for (const [name, job] of jobs) expect([name, job['timeout-minutes'] ?? 0]).not.toEqual([name, 0])
    expect(workflow.concurrency).toBeDefined()
  })

  test('the checkout does not store the token', () => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(step.with?.['persist-credentials']).toBe(false)
  })

  test("Bun has the README's version", () => {
    for (const [bun] of text.matchAll(/bun@[\w.]+/g)) expect(bun).toBe('bun@1.4.5')
  })
})

describe('a release', () => {
  test('every program runs on its target system', () => {
    const smoked = jobOf('smoke').strategy?.matrix?.include?.map(({ target }) => target)
    expect(smoked).toEqual(targets.map(({ id }) => id))
  })

  test('all programs for Windows are built on Windows', () => {
    const script = jobOf('build-windows')
      .steps.map(({ run }) => run)
      .join('\n')
    const built = [...script.matchAll(/--target ([\w-]+)/g)].map(([, id]) => id as string)
    expect(built).toEqual(targets.filter(({ os }) => os === 'win32').map(({ id }) => id))
  })

  test('only checked, signed and tested programs are published', () => {
    const before = (name: string): string[] => {
      const direct = [jobOf(name).needs ?? []].flat() as string[]
      return [...new Set(direct.flatMap((job) => [job, ...before(job)]))].sort()
    }
    for (const name of ['publish-npm', 'taps'])
      expect(before(name)).toEqual(['build', 'build-windows', 'check', 'package', 'publish', 'sign-macos', 'smoke'])
  })

  test('few jobs may write, each in its environment', () => {
    const rights = Object.entries(release.jobs).flatMap(([name, { permissions, environment }]) =>
      permissions === undefined ? [] : [[name, permissions, environment]],
    )
    expect(rights).toEqual([
      ['package', { contents: 'read', 'id-token': 'write', attestations: 'write' }, undefined],
      ['publish', { contents: 'write' }, 'release'],
      ['publish-npm', { contents: 'read', 'id-token': 'write' }, 'npm'],
    ])
  })
})

test('the nightly matrix plays the newest client, opens an issue after a change of colour, and pushes nothing (MX-R10)', () => {
  const { on, jobs } = workflowNamed('matrix.yml')
  expect(Object.keys(on)).toContain('schedule')
  const [job, ...others] = Object.values(jobs)
  expect([job?.permissions, others]).toEqual([{ contents: 'read', issues: 'write' }, []])
  const script = job?.steps.map(({ run }) => run).join('\n') ?? ''
  expect(script).toContain('run matrix --versions newest --check')
  expect(script).toMatch(/if \[ "\$before" = "\$after" \]; then exit 0; fi[\s\S]*gh issue create/)
  expect(script).not.toContain('git ')
})

test('all files that README.md and the installers fetch are published', () => {
  const lines = jobOf('package').steps.map(({ run = '' }) => run)
  // The job builds no program: it would be unsigned and untested.
  expect(lines).toContain('npx --yes bun@1.4.5 run package --all --built')
  expect(lines).toContain('cp scripts/install/install.sh scripts/install/install.ps1 dist/release/')
  const complete = lines.find((run) => run.includes('sha256sum --check')) ?? ''
  expect(complete).toContain(`= ${targets.length}\n`)
  expect(complete).toContain(`= ${debTargets.length}\n`)
})

test('every file of the release has an attestation of its build, also the installers', () => {
  const steps = jobOf('package').steps
  const indexOf = (text: string): number => steps.findIndex(({ run = '', uses = '' }) => `${run}${uses}`.includes(text))
  expect(steps[indexOf('actions/attest-build-provenance@')]?.with).toEqual({
    'subject-checksums': 'dist/published.sums',
  })
  const order = ['cp scripts/install/', '> ../published.sums', 'actions/attest-build-provenance@'].map(indexOf)
  expect(order).toEqual([...order].sort((one, other) => one - other))
  expect(order).not.toContain(-1)
  // The same files are published.
  const find = 'find . -maxdepth 1 -type f'
  expect(steps.some(({ run = '' }) => run.includes(find))).toBe(true)
  expect(jobOf('publish').steps.some(({ run = '' }) => run.includes(find.replace('.', 'dist/release')))).toBe(true)
})

test('scripts keep Unix line endings on Windows, where git would change them and sh would fail', () => {
  const attributes = readFileSync(join(import.meta.dir, '..', '..', '.gitattributes'), 'utf8')
  expect(attributes.split('\n')).toContain('* text=auto eol=lf')
})
