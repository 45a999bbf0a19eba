import { type FlowAnswer, flowAnswer, type RunForm, withAnswer } from '../lib/view/run-form.ts';
import type { RunActions } from '../lib/view/run-model.ts';
import { richText } from '../lib/view/text.ts';
import { runWords } from '../lib/view/words-run.ts';
import { Rich } from './rich.tsx';
import { Segments } from './segments.tsx';

export interface RunChoiceProps {
  readonly form: RunForm;
  readonly actions: RunActions;
}

const YES = 'yes';
const NO = 'no';
type YesNo = typeof YES | typeof NO;

const asChoice = (value: boolean | null): YesNo | null => (value === null ? null : value ? YES : NO);

/** Two questions that lead to one of three flows. */
export function RunChoice({ form, actions }: RunChoiceProps) {
  const w = runWords.which;
  const answer = flowAnswer(form);
  return (
    <>
      <section class="form">
        <div>
          <h1>{w.heading}</h1>
          <p class="soft">{w.detail}</p>
        </div>
        <Segments<YesNo>
          label={w.secret}
          options={[
            { value: YES, label: w.canKeep },
            { value: NO, label: w.cannotKeep },
          ]}
          chosen={asChoice(form.keepsSecret)}
          onChoose={(value) => actions.setForm({ keepsSecret: value === YES })}
        />
        <Segments<YesNo>
          label={w.person}
          options={[
            { value: YES, label: w.yes },
            { value: NO, label: w.noPerson },
          ]}
          chosen={asChoice(form.person)}
          onChoose={(value) => actions.setForm({ person: value === YES })}
        />
      </section>
      {answer === null ? null : <Answer answer={answer} form={form} actions={actions} />}
      <p class="run-skip">
        <button type="button" class="link" data-row onClick={() => actions.setForm({ page: 'form' })}>
          {w.skip}
        </button>
      </p>
    </>
  );
}

function Answer({ answer, form, actions }: RunChoiceProps & { readonly answer: FlowAnswer }) {
  const w = runWords.which;
  const { title, text } = w.answer[answer];
  return (
    <section class="form apart run-answer" aria-live="polite">
      <h2>{title}</h2>
      {text.map((sentence) => (
        <p key={sentence}>
          <Rich text={richText(sentence)} />
        </p>
      ))}
      {answer === 'none' ? null : (
        <button type="button" class="button primary" data-row onClick={() => actions.setForm(withAnswer(form, answer))}>
          {w.use}
        </button>
      )}
    </section>
  );
}
