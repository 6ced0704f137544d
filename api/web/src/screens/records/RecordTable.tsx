// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Select, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconArrowDown, IconArrowUp, IconPlayerPause } from "@tabler/icons-react";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useMe } from "~/api/me";
import type { RecordItem } from "~/api/records";
import type { RecordsOutputBody } from "~/api/types.gen";
import { useTranslation } from "~/i18n/texts";
import { instantText } from "~/ui/instant";
import { Empty, RowSkeletons } from "~/ui/page";
import { ProblemNote } from "~/ui/problem";
import classes from "./RecordsPage.module.css";
import type { RecordsSearch } from "./search";
import { useWords } from "./words";

interface RecordTableProps {
  list: UseInfiniteQueryResult<InfiniteData<RecordsOutputBody>>;
  search: RecordsSearch;
  onSort: (sort: RecordsSearch["sort"]) => void;
}

const rowHeight = 56;
const phoneRow = 76;
const ahead = 15; // rows before the end at which the next page is asked for

/** RecordTable draws the rows that are seen, however many there are, and asks for more as they come near. */
export function RecordTable({ list, search, onSort }: RecordTableProps) {
  const { t } = useTranslation("records");
  const scroll = useRef<HTMLDivElement>(null);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: rowOf,
    overscan: 10,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn[drawn.length - 1]?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - ahead) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (list.isPending) return <RowSkeletons rows={12} height={rowHeight} />;
  const failed = list.isError && (
    <div className={classes.filters}>
      <ProblemNote problem={list.error} onRetry={() => void list.refetch()} />
    </div>
  );
  if (!list.data) return failed;
  if (items.length === 0) return failed || <Empty text={t("empty")} />;
  return (
    <div className={classes.table}>
      {failed}
      <Heads search={search} onSort={onSort} />
      <div ref={scroll} className={classes.scroll}>
        <ul className={classes.rows} style={{ height: rows.getTotalSize() }} aria-label={t("title")}>
          {drawn.map((row) => {
            const item = items[row.index];
            return (
              item && (
                <RecordRow
                  key={item.id}
                  item={item}
                  index={row.index}
                  total={hasNextPage ? -1 : items.length}
                  start={row.start}
                  dates={search.sort}
                />
              )
            );
          })}
        </ul>
      </div>
    </div>
  );
}

// The height of a row is a token, which density and width change.
function rowOf(): number {
  if (matchMedia("(max-width: 48em)").matches) return phoneRow;
  return Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row-two"), 10) || rowHeight;
}

const columns = ["number", "record", "state", "class", "owner"] as const;
const dates = ["due", "created", "closed"] as const;

function Heads({ search, onSort }: { search: RecordsSearch; onSort: RecordTableProps["onSort"] }) {
  const { t } = useTranslation("records");
  const sort = search.sort ?? "due";
  const descending = sort.startsWith("-");
  const by = sort.replace("-", "") as (typeof dates)[number];
  const Arrow = descending ? IconArrowDown : IconArrowUp;
  return (
    <div className={classes.heads}>
      {columns.map((name) => (
        <span key={name} className={classes[name]} aria-hidden="true">
          {t(`column.${name}`)}
        </span>
      ))}
      <span className={classes.dates}>
        <Select
          size="xs"
          variant="unstyled"
          allowDeselect={false}
          aria-label={t("sort.by")}
          value={by}
          data={dates.map((value) => ({ value, label: t(`column.${value}`) }))}
          onChange={(next) => onSort(next === "due" ? "due" : (`-${next}` as RecordsSearch["sort"]))}
        />
        <UnstyledButton
          className={classes.mark}
          aria-label={t(descending ? "sort.descending" : "sort.ascending")}
          onClick={() => onSort((descending ? by : `-${by}`) as RecordsSearch["sort"])}
        >
          <Arrow size={16} />
        </UnstyledButton>
      </span>
    </div>
  );
}

interface RecordRowProps {
  item: RecordItem;
  index: number;
  /** How many there are; -1 while that is not known. */
  total: number;
  start: number;
  dates: RecordsSearch["sort"];
}

function RecordRow({ item, index, total, start, dates }: RecordRowProps) {
  const { t } = useTranslation("records");
  const words = useWords();
  const state = words.state(item.type, item.state);
  return (
    <li className={classes.row} style={{ transform: `translateY(${start}px)` }} aria-posinset={index + 1} aria-setsize={total}>
      <Cell className={classes.number}>
        <span className="mono">{item.number}</span>
      </Cell>
      <Cell>
        <Link to="/records/$id" params={{ id: item.id }} className={classes.link} title={item.title}>
          <span className={classes.cut} dir="auto">
            {item.title}
          </span>
        </Link>
        <span className={classes.detail}>
          <span className={classes.onPhone}>
            <span className="mono">{item.number}</span> · {state} ·{" "}
          </span>
          <bdi>{item.site.name}</bdi>
        </span>
      </Cell>
      <Cell className={classes.state} title={state}>
        <span className={classes.cutBox}>
          <span className={classes.cut} dir="auto">
            {state}
          </span>
        </span>
        {item.held_at && (
          <span className={classes.detail}>
            <span className={classes.mark}>
              <IconPlayerPause size={12} aria-hidden /> {t("held")}
            </span>
          </span>
        )}
      </Cell>
      <Cell className={classes.class}>
        {item.class === "" ? <span className="quiet">{t("noClass")}</span> : words.className(item.class)}
      </Cell>
      <Cell className={classes.owner} title={item.owner.name}>
        <bdi>{item.owner.name}</bdi>
      </Cell>
      <Cell className={classes.date}>
        <DateCell item={item} sort={dates} />
      </Cell>
    </li>
  );
}

function Cell({ className = "", title, children }: { className?: string; title?: string; children: React.ReactNode }) {
  return (
    <span className={`${classes.cell} ${className}`} title={title}>
      {children}
    </span>
  );
}

// The whole instant stands in two lines: the day, and the time with its zone.
function DateCell({ item, sort = "due" }: { item: RecordItem; sort: RecordsSearch["sort"] }) {
  const { t, i18n } = useTranslation("records");
  const { sites } = useMe();
  const at = sort.endsWith("created") ? item.created_at : sort.endsWith("closed") ? item.closed_at : item.due_at;
  if (!at) return null;
  const text = instantText(at, sites.find((site) => site.id === item.site.id)?.zone, i18n.language);
  const cut = text.search(/ \d\d:/);
  const late = item.overdue && sort.endsWith("due");
  return (
    <time dateTime={at}>
      <span className={late ? `${classes.mark} ${classes.bad}` : undefined}>
        {late && <IconAlertTriangle size={14} aria-label={t("overdue")} />}
        {text.slice(0, cut)}
      </span>
      <span className={classes.detail}>
        <bdi dir="ltr">{text.slice(cut + 1)}</bdi>
      </span>
    </time>
  );
}
