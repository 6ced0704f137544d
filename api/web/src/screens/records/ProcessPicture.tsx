// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { IconCheck, IconCircle, IconCircleDot, IconRotate, IconX } from "@tabler/icons-react";
import { type CSSProperties, useMemo } from "react";
import type { ProcessStep } from "~/api/recordparts";
import type { OpenTask } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { instantText } from "~/ui/instant";
import { type Box, layout } from "./layout";
import classes from "./ProcessPicture.module.css";
import { useWords } from "./words";

const icons = { done: IconCheck, open: IconCircleDot, not_reached: IconCircle, superseded: IconRotate, withdrawn: IconX };

/** ProcessPicture draws the steps and the ways between them; the ones that are open are lit. Steps beside the main line stand beside it. */
export function ProcessPicture({
  steps,
  tasks,
  zone,
}: {
  steps: readonly ProcessStep[];
  tasks: readonly OpenTask[];
  zone: string | undefined;
}) {
  const { t } = useTranslation("records");
  const picture = useMemo(() => layout(steps), [steps]);
  return (
    // The picture is drawn from left to right in every language, and begins there.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled with the keys
    <section className={classes.scroll} tabIndex={0} aria-label={t("process.picture")} dir="ltr">
      <div className={classes.picture} style={{ "--w": `${picture.width}px`, "--h": `${picture.height}px` } as CSSProperties}>
        <svg className={classes.ways} width={picture.width} height={picture.height} aria-hidden="true">
          <title>{t("process.picture")}</title>
          <defs>
            <marker
              id="way-end"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerUnits="userSpaceOnUse"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path d="M0 0 8 4 0 8z" className={classes.arrow} />
            </marker>
          </defs>
          {picture.ways.map((way) => (
            <path key={way.key} d={way.d} className={classes.way} data-walked={way.walked || undefined} markerEnd="url(#way-end)" />
          ))}
        </svg>
        <ol className={classes.steps}>
          {picture.boxes.map((box) => (
            <StepBox key={box.step.name} box={box} task={tasks.find((task) => task.step === box.step.name)} zone={zone} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function StepBox({ box: { step, x, y, width, height }, task, zone }: { box: Box; task: OpenTask | undefined; zone: string | undefined }) {
  const { t, i18n } = useTranslation("records");
  const words = useWords();
  const Icon = icons[step.standing];
  const last = step.rounds[step.rounds.length - 1];
  const at = last?.done_at ?? (step.standing === "open" ? last?.due_at : undefined);
  const standing = t(`process.standing.${step.standing}`);
  const said = [
    step.standing === "done" && last?.outcome && last.outcome !== "done" ? words.outcome(last.outcome) : standing,
    step.rounds.length > 1 && t("round", { n: last?.round ?? 1 }),
    task && (task.assignee?.name ?? t("unassigned")),
  ].filter(Boolean);
  return (
    <li
      className={classes.step}
      data-standing={step.standing}
      aria-current={step.standing === "open" ? "step" : undefined}
      style={{ "--x": `${x}px`, "--y": `${y}px`, "--w": `${width}px`, "--h": `${height}px` } as CSSProperties}
    >
      <Icon size={18} className={classes.icon} aria-hidden />
      <span className={classes.text} dir={i18n.dir()}>
        <span className={classes.title} dir="auto">
          {step.title}
        </span>
        <span className={classes.detail}>{said.join(" · ")}</span>
        {at && (
          <span className={classes.detail}>
            {step.standing === "open" && <>{t("facts.due")} </>}
            <bdi>{instantText(at, zone, i18n.language)}</bdi>
          </span>
        )}
      </span>
    </li>
  );
}
