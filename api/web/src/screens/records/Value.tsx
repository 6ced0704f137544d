// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Anchor } from "@mantine/core";
import { IconPaperclip } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMe } from "~/api/me";
import { namesQuery } from "~/api/recordparts";
import { recordQuery } from "~/api/records";
import type { Field } from "~/forms/definition";
import { empty, isList, isObject } from "~/forms/value";
import { useTranslation } from "~/i18n/texts";
import { Hash } from "~/ui/hash";
import { dateText } from "~/ui/instant";
import { DateTime } from "~/ui/time";

/** Value is one answer as people read it, by the type of its field. */
export function Value({ field, value, zone }: { field: Field; value: unknown; zone: string | undefined }) {
  const { t, i18n } = useTranslation(["common", "records"]);
  if (empty(field, value)) return <span className="quiet">{t("state.notAnswered")}</span>;
  const label = (v: unknown) => field.options?.find((option) => option.value === v)?.label ?? String(v);
  switch (field.type) {
    case "boolean":
      return t(value === true ? "state.yes" : "state.no");
    case "choice":
      return <bdi>{label(value)}</bdi>;
    case "multi_choice":
      return <bdi>{isList(value) ? value.map(label).join(", ") : String(value)}</bdi>;
    case "date":
      return dateText(`${value}T12:00:00Z`, "UTC", i18n.language);
    case "instant":
      return <DateTime at={String(value)} zone={zone} />;
    case "quantity":
      return <bdi>{isObject(value) ? `${value.value ?? ""} ${value.unit ?? ""}` : String(value)}</bdi>;
    case "person":
      return <PersonName id={String(value)} />;
    case "site":
      return <SiteName id={String(value)} />;
    case "record":
      return <RecordName id={String(value)} />;
    case "file":
      return <Files value={value} />;
    case "table":
      return <>{isList(value) ? t("records:rows", { count: value.length }) : String(value)}</>;
    default:
      return <bdi>{String(value)}</bdi>;
  }
}

// The beginning of an id stands for whom or what we may not see.
const shortId = (id: string) => <span className="mono">{id.slice(0, 8)}…</span>;

function PersonName({ id }: { id: string }) {
  const names = useQuery(namesQuery).data;
  return names?.[id] ? <bdi>{names[id]}</bdi> : shortId(id);
}

function SiteName({ id }: { id: string }) {
  return <bdi>{useMe().sites.find((site) => site.id === id)?.name ?? id}</bdi>;
}

function RecordName({ id }: { id: string }) {
  const record = useQuery({ ...recordQuery(id), retry: false }).data?.data;
  if (!record) return shortId(id);
  return (
    <Anchor renderRoot={(props) => <Link {...props} to="/records/$id" params={{ id }} />}>
      <span className="mono">{record.number}</span> <bdi>{record.title}</bdi>
    </Anchor>
  );
}

function Files({ value }: { value: unknown }) {
  if (!isList(value)) return String(value);
  return value.filter(isObject).map((file) => (
    <div key={String(file.sha256)}>
      <IconPaperclip size={14} aria-hidden /> <bdi>{String(file.name)}</bdi> <Hash value={String(file.sha256)} short />
    </div>
  ));
}
