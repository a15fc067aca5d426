import type { RequestRow } from '../usage/usage-report.ts'
import { type Column, create, createRow, createTable } from './dom.ts'
import { amount, clockTime, dayAndTime, duration, type Format, none, percent } from './format.ts'
import { modelName, nameLine } from './names.ts'

/** The list of single requests, newest first. */

/** The list forgets the oldest rows: a page may stay open for days. */
const mostRows = 1000
const dayMs = 86_400_000

const timeOf = ({ at }: RequestRow): string => (Date.now() - at < dayMs ? clockTime : dayAndTime)(at)

const statusCell = ({ status, outcome, error }: RequestRow): Node =>
  create(
    'span',
    { class: 'outcome', data: { outcome }, title: outcome },
    String(status),
    error === undefined ? undefined : create('span', { class: 'wide quiet' }, ` ${error}`),
  )

/** Undefined if the upstream reported no usage. */
const inputOf = ({ inputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 }: RequestRow): number | undefined =>
  inputTokens === undefined ? undefined : inputTokens + cacheReadTokens + cacheWriteTokens

const cacheShare = (row: RequestRow): number | undefined => {
  const input = inputOf(row)
  return input ? (row.cacheReadTokens ?? 0) / input : undefined
}

/** A failed request has few figures: its other cells stay empty. */
const orEmpty = (value: number | undefined, format: Format): string => (value === undefined ? '' : format(value))

const modelCell = ({ model = none, isSubagent }: RequestRow): Node =>
  nameLine(model, modelName(model), isSubagent ? 'sub-agent' : undefined)

const copyText = async (id: string, button: HTMLButtonElement): Promise<void> => {
  // Browsers offer the clipboard only to pages of HTTPS and of this machine.
  const isCopied = await (navigator.clipboard?.writeText(id) ?? Promise.reject()).then(
    () => true,
    () => false,
  )
  button.textContent = isCopied ? 'Copied' : id
}

const copyCell = ({ id }: RequestRow): Node => {
  const button = create(
    'button',
    { class: 'copy', title: id, attributes: { type: 'button', 'aria-label': `Copy ${id}` } },
    'Copy',
  )
  button.addEventListener('click', () => void copyText(id, button))
  return button
}

const columns: readonly Column<RequestRow>[] = [
  { title: 'Time', class: 'text', cell: timeOf },
  { title: 'Status', class: 'text', cell: statusCell },
  { title: 'Model', class: 'text name', cell: modelCell },
  { title: 'Client', class: 'text wide', cell: ({ client }) => client ?? '' },
  { title: 'Input', class: 'middle', cell: (row) => orEmpty(inputOf(row), amount) },
  { title: 'Cached', class: 'wide', cell: (row) => orEmpty(cacheShare(row), percent) },
  { title: 'Output', cell: ({ outputTokens }) => orEmpty(outputTokens, amount) },
  { title: 'First event', class: 'wide', cell: ({ firstEventMs }) => orEmpty(firstEventMs, duration) },
  { title: 'Duration', cell: ({ durationMs }) => duration(durationMs) },
  { title: 'Request id', cell: copyCell },
]

export interface RequestList {
  /** Adds rows on top, newest first; rows that are in the list already stay. */
  add(rows: readonly RequestRow[]): void
  /** Adds older rows at the end. */
  append(rows: readonly RequestRow[]): void
}

export const createRequestList = (host: HTMLElement): RequestList => {
  const ids = new Set<string>()
  let body: HTMLTableSectionElement | undefined
  const empty = create('p', { class: 'empty' }, 'No requests yet. New requests appear here.')
  host.replaceChildren(empty)

  const bodyOf = (): HTMLTableSectionElement => {
    if (body !== undefined) return body
    const table = createTable<RequestRow>('Requests, newest first', [], columns)
    host.replaceChildren(table)
    const [first] = table.tBodies
    if (first === undefined) throw new Error('The table lacks a body.')
    body = first
    return first
  }

  const createRows = (rows: readonly RequestRow[]): HTMLTableRowElement[] =>
    rows
      .filter(({ id }) => !ids.has(id))
      .map((row) => {
        ids.add(row.id)
        const element = createRow(row, columns)
        element.dataset['id'] = row.id
        return element
      })

  const forgetOldest = (section: HTMLTableSectionElement): void => {
    while (section.rows.length > mostRows) {
      const last = section.rows[section.rows.length - 1]
      if (last?.dataset['id'] !== undefined) ids.delete(last.dataset['id'])
      last?.remove()
    }
  }

  return {
    add(rows) {
      const isFirst = body === undefined
      const created = createRows(rows)
      if (created.length === 0) return
      if (!isFirst) for (const row of created) row.classList.add('is-new')
      const section = bodyOf()
      section.prepend(...created)
      forgetOldest(section)
    },
    append(rows) {
      const created = createRows(rows)
      if (created.length > 0) bodyOf().append(...created)
    },
  }
}
