import { code, prose, table } from '../docs/markdown.ts'
import { createFootnotes, type Footnotes } from './footnotes.ts'
import { losses } from './losses.ts'
import { notInRun } from './plan.ts'
import { type Cell, cellsOf, type Feature, type MatrixResult, providers, toJson } from './result.ts'

/** Writes `docs/compatibility.md`, which consists of the results alone. */

/** The columns of a line in the page. */
const maximumColumns = 120

/** Breaks a text into lines. `indent` begins each line but the first. */
const wrapped = (text: string, indent = ''): string => {
  const [first = '', ...words] = text.split(' ')
  const lines: string[] = []
  let line = first
  for (const word of words) {
    if (line.length + 1 + word.length <= maximumColumns) {
      line += ` ${word}`
      continue
    }
    lines.push(line)
    line = indent + word
  }
  return [...lines, line].join('\n')
}

const item = (text: string): string => wrapped(`- ${text}`, '  ')

const signs: Readonly<Record<Cell['status'], string>> = {
  pass: 'pass',
  healed: 'healed',
  fail: 'FAIL',
  not_applicable: 'n/a',
  not_tested: '–',
}

const notesOf = ({ status, error, reason = '', flaky }: Cell): string => {
  const notes = [flaky === true ? 'Flaky: it failed first, and passed when it was repeated.' : '']
  if (status === 'fail') notes.push(`Failed: ${error}`)
  else if (reason !== notInRun) notes.push(reason)
  return notes.filter(Boolean).join(' ')
}

/** One version: one sign if all three are alike, otherwise lenient / strict / poor. */
const toVersionCell = (result: MatrixResult, feature: Feature, version: string, footnotes: Footnotes): string => {
  const cells = cellsOf(result, feature, version)
  const marks = providers.map((provider) => {
    const cell: Cell = cells?.[provider] ?? { status: 'not_tested' }
    const note = notesOf(cell)
    return signs[cell.status] + (note === '' ? '' : footnotes.mark(note))
  })
  return new Set(marks).size === 1 ? String(marks[0]) : marks.join(' / ')
}

/** Newest first, because most users have it. */
const toTable = (result: MatrixResult, group: Feature['group'], footnotes: Footnotes): string => {
  const versions = result.versions.toReversed()
  return table(
    ['feature', ...versions.map(({ version }) => version)],
    result.features
      .filter((feature) => feature.group === group)
      .map((feature) => [
        code(feature.id),
        ...versions.map(({ version }) => toVersionCell(result, feature, version, footnotes)),
      ]),
  )
}

const toRowList = ({ features }: MatrixResult, group: Feature['group']): string[] =>
  features
    .filter((feature) => feature.group === group)
    .map(({ id, name, what }) => item(`${code(id)}: ${name}. ${prose(what)}`))

const head = (result: MatrixResult): string[] => [
  '# Compatibility with Claude Code',
  '',
  wrapped(
    'Which feature of Claude Code works through nexus-claude-api, from a run of the real client. ' +
      'A run writes this page; [how the run works](matrix.md) explains it. Repeat it, without a key, with `bun run matrix`.',
  ),
  '',
  item(`nexus-claude-api ${result.nexus_claude_api_version}, commit ${result.commit}, on ${result.platform}`),
  item(`run on ${result.generated_at.slice(0, 10)}, ${Math.ceil(result.durationMs / 60_000)} minutes long`),
  ...result.versions
    .toReversed()
    .flatMap(({ version, role, integrity }) => [
      item(`Claude Code ${version} (${role})`),
      ...Object.entries(integrity).map(([name, hash]) => `  - ${code(name)}\n    ${code(hash)}`),
    ]),
  item(`models, where the row depends on the model: ${result.models.join(', ')}`),
  item(`flaky cells: ${result.flaky}`),
]

const limits = ({ platform, versions }: MatrixResult): string[] => [
  item(
    "The Nexus here is a simulator, written from AWS's service model, published replies and Bedrock's words. It proves the " +
      'translation and the client, not your Nexus. `nexus-claude-api doctor --matrix` tries yours.',
  ),
  item("The model's answers are scripted. Nothing here is about quality, speed or cost."),
  item('`healed` means: Nexus refused an optional part once per start, the server left it out, and all went on.'),
  item(
    `Versions between the ${versions.length === 3 ? 'three' : 'listed ones'} are not tested. The newest was the newest on the date above.`,
  ),
  item(`Tested on ${platform} only. VS Code, JetBrains and Desktop are not tested.`),
  item('Flaky cells are shown, not hidden.'),
  item("Rows with LiteLLM's ids test the same feature, but not with the same program. Do not add the two tables up."),
]

const legend = [
  wrapped(
    'Each cell has one sign if all three simulated Nexus gave the same result, otherwise `lenient / strict / poor`:',
  ),
  '',
  item("lenient accepts what AWS's service model accepts"),
  item('strict has the rules, words and limits of Bedrock and of its models'),
  item(
    'poor is strict, and refuses cache lifetimes, effort, adaptive thinking, structured output, images in tool results, beta flags and CountTokens',
  ),
  '',
  'The signs: `pass`, `healed`, `FAIL`, `n/a` (the version or the Nexus cannot have it), `–` (not tested).',
]

const toNotes = ({ texts }: Footnotes): string[] =>
  texts.map((text, index) => {
    const mark = `${index + 1}. `
    return wrapped(mark + prose(text), ' '.repeat(mark.length))
  })

const toLosses = ({ features }: MatrixResult): string[] =>
  losses
    .map((loss) => ({ ...loss, rows: loss.rows.filter((id) => features.some((feature) => feature.id === id)) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ rows, what, link }) => item(`${rows.map(code).join(', ')}: ${what} [More](${link}).`))

/** A heading and its lines; nothing if there are none. */
const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`## ${heading}`, '', ...lines, '']

const toGroup = (result: MatrixResult, group: Feature['group'], footnotes: Footnotes): string[] => {
  const list = toRowList(result, group)
  return list.length === 0 ? [] : [toTable(result, group, footnotes), '', ...list]
}

/** The page without its last line. */
const toText = (result: MatrixResult): string => {
  const footnotes = createFootnotes()
  const published = toGroup(result, 'published', footnotes)
  const ours = toGroup(result, 'ours', footnotes)
  return [
    ...head(result),
    '',
    ...section('What this proves, and what it does not', limits(result)),
    ...section('How to read it', legend),
    ...section("Published rows, with the ids of LiteLLM's matrix", published),
    ...section('Our rows', ours),
    ...section('Notes', toNotes(footnotes)),
    ...section('What the translation loses', toLosses(result)),
  ].join('\n')
}

/** Of the page and of the results: a change of either by hand makes it wrong. */
const hashOf = (text: string, json: string): string => new Bun.CryptoHasher('sha256').update(text + json).digest('hex')

const lastLine = (text: string, json: string): string => `<!-- by bun run matrix, sha256: ${hashOf(text, json)} -->\n`

export const toPage = (result: MatrixResult): string => {
  const text = `${toText(result)}\n`
  return text + lastLine(text, toJson(result))
}

/** Whether a run wrote the page and these results, and neither was changed since. */
export const isUnchanged = (page: string, json: string): boolean => {
  const text = page.slice(0, page.lastIndexOf('<!-- by bun run matrix'))
  return page === text + lastLine(text, json)
}
