import { Button } from 'react-aria-components'
import type { Field } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { DialogForm } from '../forms/DialogForm.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { ChangeField, NewField } from './FieldForm.tsx'
import { readFieldsAnew, useFields } from './fields.ts'

/** The fields that this tenant gives its tickets. */
export function Fields() {
  const words = useWords()
  const said = words.fields
  const fields = useFields()
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.fields}</h1>
        <DialogForm action={said.add} title={said.add}>
          {(close) => <NewField onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{said.about}</p>
      <Loaded query={fields}>
        {(all) =>
          all.length === 0 ? (
            <p className="lines-empty">{said.none}</p>
          ) : (
            <ul className="lines" aria-label={words.pages.fields}>
              {all.map((field) => (
                <li key={field.id}>
                  <FieldLine field={field} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

function FieldLine({ field }: { readonly field: Field }) {
  const words = useWords()
  const { fields: said, catalogue } = words
  const sending = useSending(useSaid())
  const { key, type, label, required, active } = field

  async function setActive(next: boolean): Promise<void> {
    await client.call('changeField', { params: { field: key }, body: { active: next } })
    await readFieldsAnew()
    notify(next ? catalogue.isBack(label) : said.isRetired(label))
  }

  return (
    <div className="line record" data-off={!active || undefined}>
      <span className="line-about">
        <span className="line-name text">{label}</span>
        <span className="hint text">
          <code>{key}</code> · {said.types[type]}
          {required !== null && ` · ${said.required}: ${said.requirements[required]}`}
        </span>
        <span role="alert" className="field-error">
          {sending.problem ?? Object.values(sending.errors).join(' ')}
        </span>
      </span>
      <span className="badges">{!active && <span className="badge off">{catalogue.retired}</span>}</span>
      <DialogForm
        className="button small quiet"
        action={said.change}
        name={said.changeOf(label)}
        title={said.changeOf(label)}
      >
        {(close) => <ChangeField field={field} onDone={close} />}
      </DialogForm>
      <Button
        className="button small"
        aria-label={active ? catalogue.retireOf(label) : catalogue.bringBackOf(label)}
        isDisabled={sending.isBusy}
        onPress={() => void sending.send(() => setActive(!active))}
      >
        {active ? catalogue.retire : catalogue.bringBack}
      </Button>
    </div>
  )
}
