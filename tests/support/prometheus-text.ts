/**
 * A strict parser of Prometheus' text format 0.0.4 and of OpenMetrics 1.0: refuses what the formats forbid, also what
 * Prometheus itself would accept.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats
 */

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly Sample[]
}

type Format = 'text' | 'openmetrics'

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const labelStart = /([a-zA-Z_][a-zA-Z0-9_]*)="/y
const number = /^(?:[+-]?Inf|NaN|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i
const escapes: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', '"': '"' }

const fail = (line: string, reason: string): never => {
  throw new Error(`${reason}: ${line}`)
}

/** Reads a quoted value from `start`; returns it and the offset behind the closing quote. */
const readQuoted = (line: string, start: number): [value: string, end: number] => {
  let value = ''
  for (let at = start; at < line.length; at += 1) {
    const character = line.charAt(at)
    if (character === '"') return [value, at + 1]
    if (character === '\\') {
      at += 1
      value += escapes[line.charAt(at)] ?? fail(line, 'unknown escape')
    } else value += character
  }
  return fail(line, 'no closing quote')
}

const readLabels = (line: string, start: number): [labels: Record<string, string>, end: number] => {
  const labels: Record<string, string> = {}
  let at = start
  while (line.charAt(at) !== '}') {
    labelStart.lastIndex = at
    const name = labelStart.exec(line)?.[1] ?? fail(line, 'no label')
    if (name in labels) fail(line, 'a label twice')
    const [value, end] = readQuoted(line, labelStart.lastIndex)
    labels[name] = value
    at = end
    if (line.charAt(at) === ',') at += 1
    else if (line.charAt(at) !== '}') fail(line, 'no comma between labels')
  }
  return [labels, at + 1]
}

const toNumber = (text: string, line: string): number => {
  if (!number.test(text)) fail(line, 'not a number')
  return text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)
}

const parseSample = (line: string): Sample => {
  const nameEnd = /[{ ]/.exec(line)?.index ?? fail(line, 'no value')
  const name = line.slice(0, nameEnd)
  if (!metricName.test(name)) fail(line, 'not a name')
  const [labels, end] = line.charAt(nameEnd) === '{' ? readLabels(line, nameEnd + 1) : [{}, nameEnd]
  if (line.charAt(end) !== ' ') fail(line, 'no space in front of the value')
  return { name, labels, value: toNumber(line.slice(end + 1), line) }
}

/** The names of a family's samples. */
const suffixesOf = (type: string, format: Format): readonly string[] => {
  if (type === 'histogram') return ['_bucket', '_sum', '_count']
  return type === 'counter' && format === 'openmetrics' ? ['_total'] : ['']
}

const seriesKey = ({ name, labels }: Sample): string => JSON.stringify([name, Object.entries(labels).sort()])

/** The buckets of one label set grow up to `+Inf`, which is the count. */
const checkHistogram = ({ name, samples }: MetricFamily): void => {
  const groups = new Map<string, { bounds: number[]; counts: number[]; sum?: number; count?: number }>()
  for (const sample of samples) {
    const { le, ...labels } = sample.labels
    const key = JSON.stringify(Object.entries(labels).sort())
    const group = groups.get(key) ?? { bounds: [], counts: [] }
    groups.set(key, group)
    if (sample.name.endsWith('_bucket')) {
      group.bounds.push(toNumber(le ?? fail(name, 'a bucket without le'), String(le)))
      group.counts.push(sample.value)
    } else if (sample.name.endsWith('_sum')) group.sum = sample.value
    else group.count = sample.value
  }
  for (const { bounds, counts, sum, count } of groups.values()) {
    const isSorted = (values: readonly number[]): boolean =>
      values.every((value, at) => at === 0 || value >= values[at - 1]!)
    if (bounds.at(-1) !== Infinity || new Set(bounds).size !== bounds.length || !isSorted(bounds))
      fail(name, 'buckets out of order')
    if (!isSorted(counts) || counts.at(-1) !== count || sum === undefined) fail(name, 'buckets do not add up')
  }
}

const checkFamily = (family: MetricFamily, format: Format): void => {
  const { name, type, samples } = family
  if (type === 'counter') {
    if (name.endsWith('_total') !== (format === 'text')) fail(name, 'wrong name of a counter')
    if (samples.some(({ value }) => !(value >= 0))) fail(name, 'a counter below 0')
  }
  if (type === 'histogram') checkHistogram(family)
}

/** Throws for a text that is not valid. */
export const parsePrometheus = (text: string, format: Format = 'text'): readonly MetricFamily[] => {
  if (!text.endsWith('\n')) fail(text.slice(-50), 'no line feed at the end')
  const lines = text.slice(0, -1).split('\n')
  if (format === 'openmetrics' && lines.pop() !== '# EOF') fail(text.slice(-50), 'no # EOF')
  const families = new Map<string, MetricFamily & { samples: Sample[] }>()
  const seen = new Set<string>()
  let current: (MetricFamily & { samples: Sample[] }) | undefined
  let help: [name: string, text: string] | undefined
  for (const line of lines) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (line === '' && format === 'text') continue
    if (comment?.[1] === 'HELP') help = [comment[2]!, comment[3]!]
    else if (comment?.[1] === 'TYPE') {
      const [, , name = '', type = ''] = comment
      if (help?.[0] !== name) fail(line, 'TYPE without its HELP')
      if (families.has(name)) fail(line, 'a family twice')
      if (!metricName.test(name) || !['counter', 'gauge', 'histogram'].includes(type)) fail(line, 'unknown type')
      current = { name, type, help: help?.[1] ?? '', samples: [] }
      families.set(name, current)
    } else {
      const sample = parseSample(line)
      const { name, type, samples } = current ?? fail(line, 'a sample without its family')
      if (!suffixesOf(type, format).some((suffix) => sample.name === name + suffix)) fail(line, 'not of its family')
      if (seen.has(seriesKey(sample))) fail(line, 'a series twice')
      seen.add(seriesKey(sample))
      samples.push(sample)
    }
  }
  for (const family of families.values()) checkFamily(family, format)
  return [...families.values()]
}

/** The value of one series; undefined if there is none. Sums up the series that have these labels. */
export const seriesValue = (
  families: readonly MetricFamily[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined => {
  const found = families
    .flatMap(({ samples }) => samples)
    .filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
}
