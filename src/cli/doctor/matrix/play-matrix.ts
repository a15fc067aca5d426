import { capabilitiesOf } from '../../../translate/capabilities/table.ts'
import type { Spinner } from '../spinner.ts'
import { type Cell, combined, notApplicable, notTested } from './cell.ts'
import { newestShape } from './client-shapes.ts'
import type { Plan, PlannedCell } from './plan.ts'
import type { createSender, Probe } from './sender.ts'

/** Plays the cells one after another, and collects what they show. */

type Sender = ReturnType<typeof createSender>

/** The cells of one row. */
interface RowResult {
  /** For all models, by version of the client. The newest one is always present. */
  readonly versions: ReadonlyMap<string, Cell>
  /** Of the newest version, by the name of the model. */
  readonly models: ReadonlyMap<string, Cell>
}

/** By the row's id. */
export type Results = ReadonlyMap<string, RowResult>

interface Playing {
  readonly sender: Sender
  /** Different in each run. */
  readonly salt: string
  /** By the model's id. */
  readonly shared: Map<string, Probe>
}

const sharedProbe = ({ sender, shared }: Playing, modelId: string): Probe => {
  const probe = shared.get(modelId) ?? sender.open(modelId)
  shared.set(modelId, probe)
  return probe
}

const play = (playing: Playing, { row, shape, modelId, missing }: PlannedCell): Promise<Cell> | Cell => {
  const { sender, salt } = playing
  if (missing !== undefined) return notApplicable(missing)
  const stopped = sender.stopReason()
  if (stopped !== undefined) return notTested(stopped)
  return row.play({
    modelId,
    capabilities: capabilitiesOf(modelId),
    shape,
    salt,
    open: (translation) => sender.open(modelId, translation),
    shared: () => sharedProbe(playing, modelId),
  })
}

interface Played extends PlannedCell {
  readonly cell: Cell
}

const byModel = (played: readonly Played[]): Map<string, Cell> =>
  new Map(played.map(({ model, cell }) => [model, cell]))

const toResult = (played: readonly Played[]): RowResult => {
  const versions = [...new Set(played.map(({ shape }) => shape.version))]
  const ofVersion = (version: string) => byModel(played.filter(({ shape }) => shape.version === version))
  return {
    versions: new Map(
      versions.flatMap((version) => {
        const cell = combined(ofVersion(version))
        return cell === undefined ? [] : [[version, cell] as const]
      }),
    ),
    models: ofVersion(newestShape.version),
  }
}

/** After a stop, the cells that are left are not tested. `salt` is different in each run. */
export const playMatrix = async (sender: Sender, plan: Plan, salt: string, spinner: Spinner): Promise<Results> => {
  const played: Played[] = []
  const playing = { sender, salt, shared: new Map() }
  for (const planned of plan.cells) {
    spinner.begin(`${planned.row.name}, ${planned.model}`)
    try {
      played.push({ ...planned, cell: await play(playing, planned) })
    } finally {
      spinner.end()
    }
  }
  return new Map([...Map.groupBy(played, ({ row }) => row.id)].map(([id, cells]) => [id, toResult(cells)]))
}
