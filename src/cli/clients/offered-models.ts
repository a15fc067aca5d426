import type { Model } from '../../models/model.ts'
import { clientNameOf } from '../../models/resolver.ts'
import type { ChosenModels } from '../config/set-up.ts'

/** The models for a client that shows a list of its own: the main model first, then the small one and the others. */
export const offeredModels = ({
  model,
  smallModel,
  models,
}: Pick<ChosenModels, 'model' | 'smallModel' | 'models'>): readonly Model[] => {
  const families = ['opus', 'sonnet', 'haiku'].map((family) => models.resolve(family).model)
  const all = [model.model, smallModel.model, ...models.models, ...families]
  const names = all.map(clientNameOf)
  return all.filter((_, index) => names.indexOf(names[index] ?? '') === index)
}
