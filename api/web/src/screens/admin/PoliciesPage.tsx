// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Alert, Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type PolicyOverview, policiesQuery, type StepPolicy, type TypePolicy } from "~/api/audit";
import { typesQuery } from "~/api/records";
import { useTranslation } from "~/i18n/texts";
import { Page, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import { Num, Sheet } from "~/ui/sheet";
import classes from "./admin.module.css";
import { Part } from "./Part";
import { useRoleName } from "./roles";
import { useTerm } from "./term";

/** PoliciesPage shows by what rules the organization is run. They are read here, and not changed. */
export function PoliciesPage() {
  const { t } = useTranslation("admin");
  const policies = useQuery(policiesQuery);
  return (
    <Page title={t("place.policies")}>
      {policies.isPending && <RowSkeletons />}
      {policies.isError && <ProblemNote problem={policies.error} onRetry={() => void policies.refetch()} />}
      {policies.data && <Overview overview={policies.data} />}
    </Page>
  );
}

function Overview({ overview }: { overview: PolicyOverview }) {
  const { t } = useTranslation("admin");
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("policy.note", { revision: overview.revision })}
      </Text>
      <Tabs defaultValue="steps" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="steps">{t("policy.steps")}</Tabs.Tab>
          <Tabs.Tab value="segregation">{t("policy.segregation")}</Tabs.Tab>
          <Tabs.Tab value="actions">{t("policy.actions")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="steps">
          <Stack gap="lg">
            {overview.types.map((type) => (
              <Matrix key={type.type} type={type} />
            ))}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="segregation">
          <Segregation overview={overview} />
        </Tabs.Panel>
        <Tabs.Panel value="actions">
          <Actions overview={overview} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Matrix({ type }: { type: TypePolicy }) {
  const { t } = useTranslation("admin");
  const roleName = useRoleName();
  const term = useTerm();
  const title = useQuery(typesQuery).data?.find((one) => one.name === type.type)?.title ?? type.type;
  return (
    <Part title={title}>
      <Alert variant="outline" color="gray">
        <Text size="sm">
          {t("policy.filedBy")}: {type.create.map(roleName).join(", ")}
        </Text>
        <Text size="sm">
          {t("policy.closedBy")}:{" "}
          {Object.entries(type.due)
            .map(([flag, due]) => `${flag === "*" ? t("policy.usually") : flag}: ${term(due.after)} ${from(due.from, t)}`)
            .join(" · ")}
        </Text>
      </Alert>
      <Sheet
        label={title}
        head={[
          { key: "step", label: t("policy.step") },
          { key: "class", label: t("policy.class") },
          { key: "who", label: t("policy.candidates") },
          { key: "quorum", label: t("policy.quorum"), number: true },
          { key: "due", label: t("policy.due") },
          { key: "ladder", label: t("policy.ladder") },
          { key: "meaning", label: t("policy.meaning") },
          { key: "outcomes", label: t("policy.outcomes") },
        ]}
      >
        {type.steps.map((step) => (
          <StepRow key={step.step + step.class} step={step} />
        ))}
      </Sheet>
    </Part>
  );
}

// useWord says what the declarations of the server name in the words of the task page.
function useWord() {
  const { t } = useTranslation("task");
  return (group: "class" | "rung" | "meaning" | "did", name: string) =>
    t(`${group}.${name}` as "class.minor", { defaultValue: name.replaceAll("_", " ") });
}

type T = ReturnType<typeof useTranslation<"admin">>["t"];

const from = (since: string, t: T) =>
  since === "opened" || since === "aware" || since === "created" ? t(`policy.from.${since}`) : t("policy.from.other", { since });

function StepRow({ step }: { step: StepPolicy }) {
  const { t } = useTranslation("admin");
  const word = useWord();
  const roleName = useRoleName();
  const term = useTerm();
  return (
    <tr>
      <td>
        <bdi>{step.title}</bdi>
        <div className="quiet mono">{step.step}</div>
      </td>
      <td>{step.class === "*" ? t("all") : word("class", step.class)}</td>
      <td className={classes.wide}>
        {step.candidates.map((c) => (
          <div key={c.role + c.site}>
            {roleName(c.role)} <span className="quiet">{t(c.site === "record" ? "policy.atSite" : "policy.anywhere")}</span>
          </div>
        ))}
        {step.assign && <div className="quiet">{t("policy.assigned", { who: step.assign })}</div>}
      </td>
      <Num>{step.quorum}</Num>
      <td className={classes.wide}>
        {term(step.due.after)} {from(step.due.from, t)}
        {step.warn.length > 0 && <div className="quiet">{t("policy.warn", { when: step.warn.map(term).join(", ") })}</div>}
        {step.statutory && <div className="quiet">{t("policy.statutory")}</div>}
      </td>
      <td className={classes.wide}>
        {step.ladder.map((rung) => (
          <div key={rung.after + rung.do}>
            +{term(rung.after)}: {word("rung", rung.do)} {rung.role && `(${roleName(rung.role)})`}
          </div>
        ))}
      </td>
      <td>{step.meaning ? word("meaning", step.meaning) : <span className="quiet">{t("policy.unsigned")}</span>}</td>
      <td>
        {step.outcomes.map((outcome) => (
          <div key={outcome.name}>
            {word("did", outcome.name)}
            {outcome.needs_reason && <span className="quiet"> · {t("policy.reason")}</span>}
          </div>
        ))}
      </td>
    </tr>
  );
}

function Segregation({ overview }: { overview: PolicyOverview }) {
  const { t } = useTranslation("admin");
  return (
    <Sheet
      label={t("policy.segregation")}
      head={[
        { key: "rule", label: t("policy.rule") },
        { key: "text", label: t("policy.text") },
        { key: "where", label: t("policy.where") },
      ]}
    >
      {overview.segregation.map((rule) => (
        <tr key={rule.rule + rule.text}>
          <td className="mono">{rule.rule}</td>
          <td dir="auto">{rule.text}</td>
          <td>{[rule.type, rule.step].filter(Boolean).join(", ") || t("all")}</td>
        </tr>
      ))}
    </Sheet>
  );
}

function Actions({ overview }: { overview: PolicyOverview }) {
  const { t } = useTranslation(["admin", "common"]);
  const roleName = useRoleName();
  return (
    <Sheet
      label={t("policy.actions")}
      head={[
        { key: "action", label: t("audit.action") },
        { key: "roles", label: t("policy.who") },
        { key: "service", label: t("policy.service") },
        { key: "refusal", label: t("policy.refusal") },
      ]}
    >
      {overview.actions.map((action) => (
        <tr key={action.action}>
          <td className="mono">{action.action}</td>
          <td>{[...action.roles.map(roleName), ...action.relations].join(", ")}</td>
          <td>{t(action.service ? "common:state.yes" : "common:state.no")}</td>
          <td dir="auto">{action.refusal}</td>
        </tr>
      ))}
    </Sheet>
  );
}
